import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Repositories with this beginning need the user `git` and this password. */
const PRIVATE = 'private-';
const PASSWORD = 'sandbox';
const REPOSITORY = /^\/([a-z0-9][a-z0-9-]{0,60})\.git\/[\w./-]*$/;

/**
 * Git over HTTP, by the `git http-backend` of the installed Git. The first push to a name creates its repository, with
 * the branch `main`.
 */
export function gitServer(root: string): Server {
  return createServer((request, response) => {
    serve(root, request, response).catch((error: unknown) => {
      console.error(`${request.method} ${request.url}: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

async function serve(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://git');
  if (url.pathname === '/') return void response.end('git\n');
  const name = REPOSITORY.exec(url.pathname)?.[1];
  if (name === undefined) return void response.writeHead(404).end('no such repository\n');
  if (name.startsWith(PRIVATE) && !isKnown(request))
    return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
  if (url.searchParams.get('service') === 'git-receive-pack') await ensureRepository(join(root, `${name}.git`));
  backend(root, url, request, response);
}

function isKnown({ headers }: IncomingMessage): boolean {
  return headers.authorization === `Basic ${Buffer.from(`git:${PASSWORD}`).toString('base64')}`;
}

async function ensureRepository(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await run('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder]);
  await run('git', ['-C', folder, 'config', 'http.receivepack', 'true']);
}

/** Runs the CGI program, and sends its answer. */
function backend(root: string, url: URL, request: IncomingMessage, response: ServerResponse): void {
  const { headers, method = 'GET' } = request;
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: method,
      REMOTE_USER: 'git',
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: [headers['git-protocol'] ?? []].flat().join(''),
    },
  });
  // The program may end before it has read everything.
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => response.destroy(error));
  response.once('close', () => child.kill());
  request.pipe(child.stdin);
  sendAnswer(child.stdout, response);
}

function sendAnswer(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let head: Buffer | undefined = Buffer.alloc(0);
  output.on('data', (chunk: Buffer) => {
    if (!head) return void response.write(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    writeHead(head.subarray(0, end).toString(), response);
    response.write(head.subarray(end + 4));
    head = undefined;
  });
  output.on('end', () => {
    if (head) response.writeHead(500);
    response.end();
  });
}

/** The headers of a CGI answer. `Status` is the status line of HTTP. */
function writeHead(text: string, response: ServerResponse): void {
  let status = 200;
  for (const line of text.split('\r\n')) {
    const [name = '', ...value] = line.split(': ');
    if (name === 'Status') status = Number.parseInt(value.join(': '), 10);
    else response.setHeader(name, value.join(': '));
  }
  response.writeHead(status);
}
