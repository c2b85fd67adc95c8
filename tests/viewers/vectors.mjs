// What OpenSeadragon of three ages asks for: `node vectors.mjs SEED COUNT` invents COUNT info.jsons and prints one JSON line for each:
//   { info, A: answer, B: answer, C: answer }
//   answer: { levels: [[url, …], …] }                          few URLs, level by level, row by row
//           { levels: [{ count, hash, first, last }, …] }      many: the hash is SHA-256 of the URLs, each with a line feed
//           { error }                                          OpenSeadragon throws
// `node vectors.mjs - < INFOS` does the same for info.jsons that it reads, one a line.
//
// Three things are left out of what OpenSeadragon would build, for nobody can ask for them: regions without a pixel (it may believe a
// level to be larger than the image), levels with endless tiles (those for which no tile size is given), and URLs that came before.
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { load } from './openseadragon.mjs';

const manyUrls = 200;

const viewers = Object.entries({ A: 'osd3', B: 'osd5', C: 'osd6' }).map(([profile, name]) => [profile, load(name)]);

function answer(library, info) {
  const seen = new Set();
  const levels = [];
  try {
    // It writes into what it is given.
    const options = library.IIIFTileSource.prototype.configure(structuredClone(info), `${info.id ?? info['@id']}/info.json`);
    const source = new library.IIIFTileSource(options);
    for (let level = source.minLevel; level <= source.maxLevel; level++)
      levels.push(urls(source, level).filter(url => !seen.has(url) && seen.add(url)));
  } catch (thrown) {
    return { error: String(thrown.message ?? thrown) };
  }
  return { levels: seen.size <= manyUrls ? levels : levels.map(summary) };
}

function urls(source, level) {
  const tiles = source.getNumTiles(level);
  const found = [];
  if (!Number.isFinite(tiles.x) || !Number.isFinite(tiles.y))
    return found;
  for (let y = 0; y < tiles.y; y++) {
    for (let x = 0; x < tiles.x; x++) {
      const url = source.getTileUrl(level, x, y);
      const [, width, height] = /\/-?\d+,-?\d+,(-?\d+),(-?\d+)\/[^/]+\/0\/[^/]+$/.exec(url) ?? [url, 1, 1];
      if (width > 0 && height > 0)
        found.push(url);
    }
  }
  return found;
}

function summary(urls) {
  const hash = createHash('sha256');
  for (const url of urls)
    hash.update(url + '\n');
  return { count: urls.length, hash: hash.digest('hex'), first: urls[0] ?? null, last: urls.at(-1) ?? null };
}

/** The generator "mulberry32": small, and the same everywhere. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function invent(next) {
  const chance = share => next() < share;
  const whole = (from, to) => from + Math.floor(next() * (to - from + 1));
  const one = list => list[whole(0, list.length - 1)];
  const shuffled = list => list.map(item => [next(), item]).sort((a, b) => a[0] - b[0]).map(pair => pair[1]);

  const version = one([2, 3]);
  const tileWidth = one([64, 128, 256, 256, 512, 512, 512, 1024, whole(50, 700)]);
  const tileHeight = chance(0.7) ? tileWidth : one([64, 256, 512, 1024, whole(50, 700)]);

  const side = tile => {
    switch (whole(0, 9)) {
      case 0: return whole(1, 20);
      case 1: return whole(1, 300);
      case 2: case 3: return Math.max(1, tile * whole(1, 9) + whole(-1, 1));                 // edges of a pixel, on the lowest level
      case 4: return Math.max(1, tile * 2 ** whole(0, 4) + one([-2, -1, 0, 1, 2, 3]));      // and on others
      case 5: case 6: case 7: return whole(300, 4000);
      default: return whole(4000, chance(0.1) ? 40000 : 9000);
    }
  };
  let width = side(tileWidth);
  let height = side(tileHeight);
  const tooMany = 6000;
  while (width / tileWidth * (height / tileHeight) > tooMany) {
    width = Math.ceil(width / 2);
    height = Math.ceil(height / 2);
  }

  const depth = whole(0, 7);
  const powers = Array.from({ length: depth + 1 }, (_, k) => 2 ** k);
  const factors = () => {
    switch (whole(0, 9)) {
      case 0: return [1, 3, 9].slice(0, whole(1, 3));
      case 1: return [...new Set(Array.from({ length: whole(1, 5) }, () => whole(1, 40)))].sort((a, b) => a - b);
      case 2: return powers.toReversed();
      case 3: return shuffled(powers);
      case 4: return powers.slice(whole(0, depth));
      default: return powers;
    }
  };

  const tiles = () => {
    const entry = (w, h, scaleFactors) => {
      const tile = { width: w };
      if (h !== w || chance(0.3)) tile.height = h;
      if (scaleFactors) tile.scaleFactors = scaleFactors;
      return tile;
    };
    switch (whole(0, 9)) {
      case 0: case 1: {
        const cut = whole(0, depth + 1);
        const half = Math.ceil(tileWidth / 2);                                                // spans as much of the image, on the level above
        const two = chance(0.3) ? [entry(tileWidth, tileHeight, powers.slice(0, cut)), entry(half, one([tileHeight, Math.ceil(tileHeight / 2)]), powers.slice(cut))]
          : [entry(tileWidth, tileHeight, powers.slice(0, cut)), entry(one([64, 128, tileWidth, tileWidth * 2, whole(50, 700)]), one([tileHeight, 256, whole(50, 700)]), powers.slice(cut))];
        return chance(0.3) ? two.toReversed() : two;
      }
      case 2: return Array.from({ length: whole(2, 4) }, () => entry(one([tileWidth, tileWidth * 2, 300]), one([tileHeight, 256]), factors()));
      case 3: return [entry(tileWidth, tileHeight)];                                          // without scaleFactors
      case 4: return [{ width: tileWidth, height: one([null, tileHeight]), scaleFactors: factors() }];
      default:
        if (chance(0.03)) return one([[], [entry(tileWidth, tileHeight, [])], [entry(tileWidth, tileHeight, [1]), entry(tileWidth, tileHeight)]]);
        return [entry(tileWidth, tileHeight, factors())];
    }
  };

  const scaled = factor => {
    const round = one([Math.round, Math.ceil, Math.floor]);
    return { width: Math.max(1, round(width / factor)), height: Math.max(1, round(height / factor)) };
  };
  const confined = side => {
    const scale = Math.min(1, side / Math.max(width, height));
    return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  };
  const sizes = () => {
    const all = powers.map(scaled);
    switch (whole(0, 9)) {
      case 0: return [];
      case 1: return [100, 200, 400, 1024].map(confined);                                    // thumbnails in place of levels, as DLCS puts them
      case 2: return [1024, 400, 200, 100].slice(0, whole(1, 4)).map(confined);
      case 3: return Array.from({ length: whole(1, 8) }, () => ({ width: whole(1, width + 5), height: whole(1, height + 5) }));
      case 4: return all.slice(0, whole(1, all.length));
      case 5: return all.slice(whole(0, all.length - 1));
      case 6: return all.slice(1).toReversed();                                              // without the full size
      case 7: return shuffled(all);
      default: return all.toReversed();
    }
  };

  const context = `http://iiif.io/api/image/${version}/context.json`;
  const id = `https://example.org/iiif/${version}/${one(['a', '%2F2%2F5%2Ffoo.jp2', 'é;2', 's3:%2F%2Fb%2Fk'])}`;
  const info = { '@context': chance(0.8) ? context : ['http://example.org/other.json', context], protocol: 'http://iiif.io/api/image' };
  info[version === 2 || chance(0.1) ? '@id' : 'id'] = id;
  Object.assign(info, { width, height });

  const level = one([0, 1, 2, 2]);
  if (version === 2) {
    const description = { formats: ['jpg', 'png'], supports: chance(0.3) ? ['sizeByW', 'cors'] : ['cors'] };
    if (chance(0.2)) description.maxArea = whole(1, width * height * 2);
    if (chance(0.2)) description.maxWidth = whole(1, width * 2);
    if (chance(0.3)) delete description.supports;
    const uri = `http://iiif.io/api/image/2/level${level}.json`;
    if (chance(0.95)) info.profile = chance(0.1) ? uri : chance(0.1) ? [uri] : [uri, description];
  } else {
    info.type = 'ImageService3';
    if (chance(0.95)) info.profile = chance(0.9) ? `level${level}` : `https://iiif.io/api/image/3/level${level}.json`;
    if (chance(0.3)) info.extraFeatures = chance(0.5) ? ['sizeByWh', 'rotationArbitrary'] : ['cors'];
    if (chance(0.2)) info.maxArea = whole(1, width * height * 2);
    if (chance(0.2)) info.maxWidth = whole(1, width * 2);
    if (chance(0.2)) info.extraFormats = ['webp'];
  }
  if (chance(0.2)) info.preferredFormats = one([['png'], ['webp', 'png'], ['tif', 'bmp'], ['tif', 'PNG'], ['jpeg'], [], ['avif']]);
  if (chance(0.85)) info.tiles = tiles();
  else if (Math.min(width, height) < 30 && Math.max(width, height) > 1500) info.width = info.height = 700; // else a tile a pixel
  if (chance(0.6)) info.sizes = sizes();
  return info;
}

const print = info => {
  const line = JSON.stringify({ info, ...Object.fromEntries(viewers.map(([profile, library]) => [profile, answer(library, info)])) });
  process.stdout.write(line + '\n');
};

const [seed, count] = process.argv.slice(2);
if (seed === '-') {
  for await (const line of createInterface({ input: process.stdin }))
    if (line.trim()) print(JSON.parse(line));
} else {
  const next = random(Number(seed));
  for (let made = 0; made < Number(count); made++)
    print(invent(next));
}
