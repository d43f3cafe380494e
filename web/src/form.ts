// Saves a page of a form on the way: after every answer, and while somebody writes.
// Without this script the same form is saved by its buttons.

/** Milliseconds without a key after which what was typed is saved. */
const PAUSE_MS = 1200;

/** Milliseconds after which a saving that failed is tried again; doubled up to a minute. */
const RETRY_MS = 3000;

interface Saved {
  mark: string;
  saved: string;
  changed: boolean;
  computed: Record<string, string>;
  conflicts: string[];
}

interface Refused {
  message: string;
  mark?: string;
  others?: Record<string, string>;
}

function autosave(form: HTMLFormElement): void {
  const mark = form.querySelector<HTMLInputElement>('input[name="_revision"]');
  const status = form.querySelector<HTMLElement>('[data-saved]');
  const trouble = form.querySelector<HTMLElement>('[data-trouble]');
  if (!mark || !status || !trouble) return;
  let timer = 0;
  let wait = RETRY_MS;
  let running = false;
  let dirty = false;
  let stopped = false;

  const later = (milliseconds: number): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void save(), milliseconds);
  };

  const tell = (sentence: string, link?: { href: string; text: string }): void => {
    trouble.replaceChildren();
    if (!sentence) return;
    const box = document.createElement('p');
    box.className = 'callout-note';
    box.textContent = `${sentence} `;
    if (link) {
      const anchor = document.createElement('a');
      anchor.href = link.href;
      anchor.target = '_blank';
      anchor.rel = 'noopener';
      anchor.textContent = link.text;
      box.append(anchor);
    }
    trouble.append(box);
  };

  const save = async (): Promise<void> => {
    if (running || stopped || !dirty) return;
    running = true;
    dirty = false;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === 'string' && !name.startsWith('_')) body.append(name, value);
    }
    body.append('_then', 'stay');
    try {
      const response = await fetch(window.location.href, {
        method: 'POST',
        body,
        headers: { 'If-Match': `"${mark.value}"` },
        redirect: 'error',
      });
      if (response.status === 401) {
        const { message } = (await response.json()) as Refused;
        tell(message, {
          href: form.dataset['signIn'] ?? '/',
          text: form.dataset['signInText'] ?? '',
        });
        dirty = true;
      } else if (response.status === 412) {
        conflict((await response.json()) as Refused);
      } else if (response.ok) {
        await done((await response.json()) as Saved);
      } else {
        throw new Error(String(response.status));
      }
    } catch {
      dirty = true;
      tell(form.dataset['lost'] ?? '');
      later(wait);
      wait = Math.min(wait * 2, 60_000);
    } finally {
      running = false;
    }
    if (dirty && wait === RETRY_MS && !stopped && trouble.childElementCount === 0) later(PAUSE_MS);
  };

  const done = async (answer: Saved): Promise<void> => {
    mark.value = answer.mark;
    status.textContent = answer.saved;
    wait = RETRY_MS;
    tell('');
    for (const [key, words] of Object.entries(answer.computed)) {
      const shown = form.querySelector(`[data-computed="${CSS.escape(key)}"]`);
      if (shown) shown.textContent = words;
    }
    const box = form.querySelector<HTMLElement>('[data-conflicts]');
    if (box && answer.conflicts.join() !== box.dataset['shown']) {
      box.dataset['shown'] = answer.conflicts.join();
      box.replaceChildren();
      if (answer.conflicts.length > 0) box.append(conflictNote(answer.conflicts));
    }
    if (answer.changed) await renew();
  };

  const conflictNote = (sentences: string[]): HTMLElement => {
    const note = document.createElement('div');
    note.className = 'callout-note';
    const title = document.createElement('strong');
    title.textContent = form.dataset['ground'] ?? '';
    const list = document.createElement('ul');
    for (const sentence of sentences) {
      const item = document.createElement('li');
      item.textContent = sentence;
      list.append(item);
    }
    note.append(title, list);
    return note;
  };

  /** Brings in the questions that follow from an answer, and takes out those that do not. */
  const renew = async (): Promise<void> => {
    const response = await fetch(window.location.href, { headers: { Accept: 'text/html' } });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const box = form.querySelector('[data-questions]');
    const fresh = page.querySelectorAll<HTMLElement>('[data-questions] > [data-key]');
    if (!box || fresh.length === 0) return;
    const asked = new Set([...fresh].map((question) => question.dataset['key']));
    for (const old of box.querySelectorAll<HTMLElement>(':scope > [data-key]')) {
      if (!asked.has(old.dataset['key'])) old.remove();
    }
    // What is there stays as it is, with the cursor in it.
    let before: Element | null = null;
    for (const question of fresh) {
      const key = question.dataset['key'] ?? '';
      const there: HTMLElement =
        box.querySelector<HTMLElement>(`:scope > [data-key="${CSS.escape(key)}"]`) ??
        document.importNode(question, true);
      if (!there.isConnected) {
        if (before) before.after(there);
        else box.prepend(there);
      }
      before = there;
    }
  };

  const conflict = (answer: Refused): void => {
    // From here on only its writer saves, having seen both.
    stopped = true;
    if (answer.mark) mark.value = answer.mark;
    tell(answer.message, undefined);
    for (const [key, words] of Object.entries(answer.others ?? {})) {
      const question = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!question) continue;
      question.querySelector('.form-other')?.remove();
      const note = document.createElement('p');
      note.className = 'form-other';
      const strong = document.createElement('strong');
      strong.textContent = words;
      note.append(`${form.dataset['other'] ?? ''} `, strong);
      question.append(note);
    }
  };

  form.addEventListener('input', () => {
    dirty = true;
    later(PAUSE_MS);
  });
  form.addEventListener('change', () => {
    dirty = true;
    later(0);
  });
  form.addEventListener('submit', () => {
    stopped = true;
    window.clearTimeout(timer);
  });
  window.addEventListener('focus', () => {
    if (dirty) later(0);
  });
}

document.querySelectorAll<HTMLFormElement>('form[data-autosave]').forEach(autosave);
document.querySelector<HTMLElement>('.error-summary')?.focus();
