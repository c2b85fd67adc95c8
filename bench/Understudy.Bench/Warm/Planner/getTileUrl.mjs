// How fast OpenSeadragon makes tile URLs: `node getTileUrl.mjs VIEWERS LIST MILLISECONDS`, where VIEWERS is tests/viewers and LIST a file with
// [{ profile, info }, …]. Prints [{ urls, last, rates: [URLs a second, …] }, …]; each rate is of at least so many milliseconds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [viewers, list, milliseconds] = process.argv.slice(2);
const { load } = await import(pathToFileURL(join(viewers, 'openseadragon.mjs')));
const libraries = { A: load('osd3'), B: load('osd5'), C: load('osd6') };
const rounds = 3;

function all(source) {
  let urls = 0, length = 0, last = '';
  for (let level = source.minLevel; level <= source.maxLevel; level++) {
    const tiles = source.getNumTiles(level);
    for (let y = 0; y < tiles.y; y++) {
      for (let x = 0; x < tiles.x; x++) {
        last = source.getTileUrl(level, x, y);
        length += last.length;
        urls++;
      }
    }
  }
  return { urls, length, last };
}

function rate(source) {
  const started = performance.now();
  let urls = 0, taken;
  do {
    urls += all(source).urls;
    taken = performance.now() - started;
  } while (taken < Number(milliseconds));
  return urls / taken * 1000;
}

console.log(JSON.stringify(JSON.parse(readFileSync(list, 'utf8')).map(({ profile, info }) => {
  const { IIIFTileSource } = libraries[profile];
  const source = new IIIFTileSource(IIIFTileSource.prototype.configure(info, `${info.id ?? info['@id']}/info.json`));
  const { urls, last } = all(source);
  rate(source);
  return { urls, last, rates: Array.from({ length: rounds }, () => rate(source)) };
})));
