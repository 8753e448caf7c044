const [form, text, name, left, problem, board, state] =
  ['form', 'text', 'name', 'left', 'problem', 'board', 'state'].map((id) => document.getElementById(id));
const { news, latest } = form.dataset;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function show({ name, text, said }, isNew) {
  board.querySelector('.none')?.remove();
  const item = document.createElement('li');
  item.classList.toggle('new', isNew);
  item.innerHTML = '<p></p><footer><b></b> <time></time></footer>';
  const moment = new Date(1000 * said);
  item.querySelector('p').textContent = text;
  item.querySelector('b').textContent = name;
  item.querySelector('time').textContent = moment.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
  item.querySelector('time').dateTime = moment.toISOString();
  board.prepend(item);
  while (board.children.length > latest) board.lastChild.remove();
}

// Asks for ever: all but the first answer come when there is something, or after some seconds.
async function follow() {
  let question = news;
  let failures = 0;
  let last = 0;
  for (;;) {
    try {
      const answer = await fetch(question);
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      const { messages } = await answer.json();
      for (const message of messages) {
        show(message, question !== news);
        last = message.number;
      }
      question = `${news}?after=${last}`;
      failures = 0;
      state.textContent = 'up to date';
    } catch {
      failures += 1;
      state.textContent = 'asking again';
      await pause(Math.min(5000, 200 * 2 ** failures) * Math.random());
    }
    state.classList.toggle('away', failures > 0);
  }
}

// A page that is refreshed goes on where it was.
name.value = localStorage.getItem('name') ?? '';
text.value = sessionStorage.getItem('draft') ?? '';
name.onchange = () => localStorage.setItem('name', name.value);
text.oninput = () => {
  left.textContent = text.maxLength - text.value.length;
  sessionStorage.setItem('draft', text.value);
};
text.oninput();

form.onsubmit = async (event) => {
  event.preventDefault();
  const said = { name: name.value, text: text.value };
  const fields = { 'Content-Type': 'application/json' };
  try {
    const answer = await fetch(form.action, { method: 'POST', headers: fields, body: JSON.stringify(said) });
    problem.textContent = answer.ok ? '' : ((await answer.json()).problem ?? `status ${answer.status}`);
    if (answer.ok) {
      text.value = '';
      text.oninput();
    }
  } catch {
    problem.textContent = 'The server does not answer. The message is still here: try again.';
  }
};

follow();
