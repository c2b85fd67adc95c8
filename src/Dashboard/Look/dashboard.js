// Everything is there without this script; with it, pages keep themselves up to date and show times in the viewer's zone.
(() => {
  'use strict';
  const interval = 1000; // ms between two looks
  const patience = 15000; // ms for one look

  const sameDay = (a, b) => a.toDateString() === b.toDateString();
  const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
  const day = { day: 'numeric', month: 'short' };

  function localTimes(root) {
    for (const time of root.querySelectorAll('time[data-show]')) {
      const at = new Date(time.dateTime);
      if (isNaN(at)) continue;
      const full = at.toLocaleString(undefined, { ...clock, ...day, year: 'numeric', timeZoneName: 'short' });
      if (time.dataset.show === 'ago') {
        time.title = `${full} = ${time.title}`;
        continue;
      }
      const now = new Date();
      time.textContent = time.dataset.show === 'full' ? full
        : sameDay(at, now) ? at.toLocaleTimeString(undefined, clock)
        : at.toLocaleString(undefined, at.getFullYear() === now.getFullYear() ? { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { ...day, year: 'numeric' });
    }
  }

  function pictures(root) {
    for (const image of root.querySelectorAll('img[data-reason]')) {
      const failed = async () => {
        const text = document.getElementById(image.dataset.reason);
        const answer = await fetch(image.src, { headers: { Accept: 'text/plain' } }).catch(() => null);
        text.textContent = answer && !answer.ok ? await answer.text() : 'There is no picture.';
        image.hidden = true;
      };
      if (image.complete && image.naturalWidth === 0) failed();
      else image.addEventListener('error', failed, { once: true });
    }
  }

  const regions = () => document.querySelectorAll('[data-live][id]');
  // But for the tokens in forms, which are others with each answer.
  const asServed = (region) => region.outerHTML.replace(/name="__RequestVerificationToken"[^>]*/g, '');
  const served = new Map([...regions()].map((region) => [region.id, asServed(region)]));
  localTimes(document);
  pictures(document);
  if (served.size === 0) return;

  const controls = 'a, button, summary, input, select';
  function replace(region, next) {
    const opened = [...region.querySelectorAll('details')].map((d) => d.open);
    const focus = [...region.querySelectorAll(controls)].indexOf(document.activeElement);
    const scroll = [...region.querySelectorAll('.scroll')].map((s) => s.scrollLeft);
    const fresh = document.importNode(next, true);
    localTimes(fresh);
    region.replaceWith(fresh);
    fresh.querySelectorAll('details').forEach((d, i) => { if (opened[i]) d.open = true; });
    fresh.querySelectorAll('.scroll').forEach((s, i) => { s.scrollLeft = scroll[i] ?? 0; });
    if (focus >= 0) fresh.querySelectorAll(controls)[focus]?.focus({ preventScroll: true });
  }

  const sign = document.getElementById('live');
  const button = document.getElementById('pause');
  let paused = false, looking = false, last = Date.now();
  const say = (text, kind) => {
    sign.textContent = text;
    sign.className = `live ${kind}`;
  };

  async function look() {
    looking = true;
    try {
      const answer = await fetch(location.href, { headers: { 'X-Requested-With': 'live' }, cache: 'no-store', signal: AbortSignal.timeout(patience) });
      if (answer.redirected) return location.reload(); // Signed out meanwhile.
      if (!answer.ok) throw new Error(`${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (paused) return;
      for (const region of regions()) {
        const next = page.getElementById(region.id);
        if (!next || served.get(region.id) === asServed(next)) continue;
        // A button that goes between press and release is never clicked; the next look comes soon.
        if (region.matches(':active')) continue;
        served.set(region.id, asServed(next));
        replace(region, next);
      }
      last = Date.now();
      say('Live', 'on');
    } catch {
      if (!paused) say(`No answer since ${new Date(last).toLocaleTimeString(undefined, clock)}`, 'off');
    } finally {
      looking = false;
    }
  }

  const lookIfSeen = () => { if (!paused && !looking && !document.hidden) look(); };
  setInterval(lookIfSeen, interval);
  document.addEventListener('visibilitychange', lookIfSeen);
  sign.hidden = button.hidden = false;
  say('Live', 'on');
  button.addEventListener('click', () => {
    paused = !paused;
    button.textContent = paused ? 'Resume' : 'Pause';
    say(paused ? 'Paused' : 'Live', paused ? '' : 'on');
    lookIfSeen();
  });
})();
