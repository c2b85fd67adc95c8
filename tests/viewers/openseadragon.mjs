// OpenSeadragon of three ages, without a browser.
import { createRequire } from 'node:module';

/** The libraries look for a browser when they are loaded; tile sources need none. */
export function load(name) {
  const element = () => ({ style: {}, getContext: () => null, appendChild() {}, setAttribute() {}, addEventListener() {}, removeEventListener() {} });
  const browser = {
    document: { documentElement: element(), body: element(), createElement: element, getElementsByTagName: () => [], addEventListener() {}, removeEventListener() {} },
    navigator: { appName: 'Netscape', appVersion: '5.0', userAgent: 'node', vendor: '' },
    location: { search: '', protocol: 'http:', href: 'http://localhost/' },
    addEventListener() {}, removeEventListener() {}, requestAnimationFrame() {}, cancelAnimationFrame() {},
  };
  browser.window = browser.self = browser;
  for (const key of Object.keys(browser))
    Object.defineProperty(globalThis, key, { value: browser[key], configurable: true, writable: true });
  const library = createRequire(import.meta.url)(name);
  for (const channel of ['log', 'debug', 'info', 'warn', 'error', 'assert'])
    library.console[channel] = () => {};
  return library;
}
