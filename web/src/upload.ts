// Sends large files piece by piece: each piece with its place and its digest, again where the
// connection drops. Without this script the form sends the files whole.

interface LoadFile {
  number: number;
  name: string;
  bytes: number;
  received: number;
}

interface Load {
  id: string;
  files: LoadFile[];
}

const PIECE = 4 * 1024 * 1024;
const TRIES = 6;

const wait = (ms: number): Promise<void> =>
  new Promise((done) => {
    setTimeout(done, ms);
  });

async function digest(bytes: ArrayBuffer): Promise<string | null> {
  // Only where the page is secure; elsewhere the server counts the bytes.
  if (crypto.subtle === undefined) {
    return null;
  }
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function piece(url: string, file: File, from: number): Promise<number> {
  const bytes = await file.slice(from, from + PIECE).arrayBuffer();
  const sha256 = await digest(bytes);
  const headers: Record<string, string> = { 'content-type': 'application/octet-stream' };
  if (sha256 !== null) {
    headers['x-chunk-sha256'] = sha256;
  }
  const answer = await fetch(`${url}?offset=${from}`, { method: 'PUT', body: bytes, headers });
  const told = (await answer.json()) as { received?: number; detail?: string };
  if (told.received !== undefined && (answer.ok || answer.status === 409)) {
    return told.received;
  }
  throw new Error(told.detail ?? String(answer.status));
}

async function send(form: HTMLFormElement): Promise<void> {
  const input = form.querySelector<HTMLInputElement>('input[type=file]');
  const box = form.querySelector<HTMLElement>('.gis-progress');
  const bar = box?.querySelector('progress');
  const line = box?.querySelector('p');
  const files = [...(input?.files ?? [])];
  if (box === null || !bar || !line) {
    return;
  }
  const { comune, base, resume, sending, resumed, failed } = form.dataset;
  const api = `/api/v1/gis/${comune}/loads`;
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  box.hidden = false;
  let load: Load;
  if (resume === undefined) {
    const layer = form.querySelector<HTMLInputElement>('input[name=livello]')?.value;
    const answer = await fetch(api, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        layer: layer === '' ? null : layer,
        files: files.map((file) => ({ name: file.name, bytes: file.size })),
      }),
    });
    if (!answer.ok) {
      const told = (await answer.json()) as { detail?: string };
      throw new Error(told.detail ?? String(answer.status));
    }
    load = (await answer.json()) as Load;
    // Whoever reloads now comes to the place where sending goes on.
    history.replaceState(null, '', `${base}/${load.id}/file`);
  } else {
    const id = resume.split('/').pop() ?? '';
    load = (await (await fetch(`${api}/${id}`)).json()) as Load;
  }
  const total = load.files.reduce((sum, file) => sum + file.bytes, 0);
  for (const known of load.files) {
    const file = files.find((one) => one.name === known.name && one.size === known.bytes);
    let tries = 0;
    while (file !== undefined && known.received < known.bytes) {
      try {
        known.received = await piece(
          `${api}/${load.id}/files/${known.number}`,
          file,
          known.received,
        );
        tries = 0;
      } catch (error) {
        tries += 1;
        if (tries > TRIES) {
          line.textContent = failed ?? '';
          throw error;
        }
        line.textContent = resumed ?? '';
        await wait(500 * 2 ** tries);
        const told = await fetch(`${api}/${load.id}`).catch(() => null);
        const now = told?.ok ? ((await told.json()) as Load) : null;
        known.received = now?.files[known.number]?.received ?? known.received;
      }
      const sent = load.files.reduce((sum, one) => sum + one.received, 0);
      bar.value = total === 0 ? 1 : sent / total;
      line.textContent = `${sending}: ${known.name}, ${number.format((100 * sent) / total)} %`;
    }
  }
  location.assign(`${base}/${load.id}`);
}

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-upload]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
    button?.setAttribute('disabled', '');
    send(form).catch((error: unknown) => {
      const line = form.querySelector('.gis-progress p');
      if (line) {
        line.textContent = `${form.dataset['failed'] ?? ''} (${String(error)})`;
      }
      button?.removeAttribute('disabled');
    });
  });
}
