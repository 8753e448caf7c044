// Asks for the facts every two seconds, while somebody looks.

const GIB = 2 ** 30;
const SAMPLES = 60;
const address = document.getElementById('machine').dataset.facts;
const loads = [];

function duration(seconds) {
  const hours = Math.floor(seconds / 3600);
  return hours < 48 ? `${hours} h ${Math.floor((seconds % 3600) / 60)} min` : `${Math.floor(hours / 24)} days`;
}

function write(id, text) {
  document.getElementById(id).textContent = text;
}

function showShare(key, { used, total }) {
  const section = document.querySelector(`[data-share="${CSS.escape(key)}"]`);
  section.querySelector('.figure').textContent = `${Math.round((100 * used) / (total || 1))} %`;
  section.querySelector('.about').textContent =
    `${(used / GIB).toFixed(1)} of ${(total / GIB).toFixed(1)} GiB are taken`;
  section.querySelector('meter').value = used / (total || 1);
}

function draw(load, processors) {
  loads.push(load);
  loads.splice(0, loads.length - SAMPLES);
  const most = Math.max(processors, ...loads);
  const points = loads.map((each, place) => `${SAMPLES - loads.length + place},${19 - (18 * each) / most}`);
  document.querySelector('#line polyline').setAttribute('points', points.join(' '));
}

function show({ system, processors, memory, disks }) {
  const [now, five, fifteen] = processors.load;
  write('up', `running for ${duration(system.up)}`);
  write('load', now.toFixed(2));
  write('loads', `${five.toFixed(2)} over 5 minutes, ${fifteen.toFixed(2)} over 15`);
  draw(now, processors.count);
  showShare('memory', memory);
  for (const disk of disks) {
    showShare(disk.path, disk);
  }
}

async function ask() {
  if (document.visibilityState === 'hidden') {
    return;
  }
  try {
    const answer = await fetch(address);
    if (!answer.ok) {
      throw new Error(`status ${answer.status}`);
    }
    show(await answer.json());
    write('news', `as of ${new Date().toLocaleTimeString()}`);
  } catch (error) {
    write('news', `no news: ${error.message}`);
  }
}

document.addEventListener('visibilitychange', ask);
setInterval(ask, 2000);
ask();
