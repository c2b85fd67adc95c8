// SQS, SNS and S3 on loopback: `node faux.mjs [PORT]`, 0 for any free port; prints `ready PORT`.
// The package's own command line listens on every address, hence this launcher.
import { buildApp } from 'fauxqs';

const args = process.argv.slice(2);
const port = Number(args.find((a) => !a.startsWith('--')) ?? 0);

const app = buildApp({ logger: false, host: '127.0.0.1', defaultRegion: 'us-east-1' });
await app.listen({ port, host: '127.0.0.1' });
console.log(`ready ${app.server.address().port}`);

// A test host that is killed cannot clean up after itself, but its end of the pipe closes.
if (args.includes('--until-stdin-ends')) {
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
}
