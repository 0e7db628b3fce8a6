// PouchDB at either end of a link, told by lines of JSON on standard input what to do; answers with one line for each.
//   node pouchdb.mjs serve FOLDER          {"port"} first; then {"count"} on any line
//   node pouchdb.mjs send FOLDER ADDRESS   {"put": [documents]}, {"edit": [id, field, value]}, {"push": tries}
import { createInterface } from 'node:readline';
import express from 'express';
import expressPouchdb from 'express-pouchdb';
import PouchDB from 'pouchdb';

const [role, folder, address] = process.argv.slice(2);
const Local = PouchDB.defaults({ prefix: `${folder}/` });
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);

async function serve() {
  const app = express();
  const options = { mode: 'minimumForPouchDB', overrideMode: { include: [] }, inMemoryConfig: true };
  app.use('/', expressPouchdb(Local, { ...options, logPath: `${folder}/log.txt` }));
  const households = new Local('households');
  await households.info();
  const server = app.listen(0, '127.0.0.1', () => say({ port: server.address().port }));
  return async () => ({ count: (await households.info()).doc_count });
}

function send() {
  const households = new Local('households');
  const push = async (tries) => {
    const began = performance.now();
    for (let tried = 1; tried <= tries; tried += 1) {
      try {
        // As an application does it: with its own defaults, and again when it failed.
        await households.replicate.to(`${address}/households`, { retry: false });
        return { seconds: (performance.now() - began) / 1000, tries: tried };
      } catch {
        continue;
      }
    }
    return { seconds: null, tries };
  };
  return async (order) => {
    if (order.put) {
      const results = await households.bulkDocs(order.put);
      return { put: results.filter((result) => result.ok).length };
    }
    if (order.edit) {
      const [id, field, value] = order.edit;
      const household = await households.get(id);
      return await households.put({ ...household, [field]: value });
    }
    return await push(order.push);
  };
}

const act = role === 'serve' ? await serve() : send();
for await (const line of createInterface({ input: process.stdin })) say(await act(JSON.parse(line)));
process.exit(0);
