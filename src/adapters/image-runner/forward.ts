// A program: `node forward.ts <Unix socket> <port>`. Each connection to the socket is one to the port of this network
// namespace. It writes a line when it listens.
import { connect, createServer } from 'node:net';

const [socket = '', port = ''] = process.argv.slice(2);

createServer((client) => {
  const upstream = connect(Number(port), '127.0.0.1');
  client.pipe(upstream).pipe(client);
  client.on('error', () => upstream.destroy());
  upstream.on('error', () => client.destroy());
}).listen(socket, () => console.log('listening'));
