// Where the time of Node's stream goes: a file, read in 64 KiB chunks in three ways, by turns.
//   node tests/bench/node_reads.js FILE [PASSES]
// Prints the fastest and the median pass of each, in ms.
const fs = require('fs');
const [file, passes] = [process.argv[2], Number(process.argv[3] || 80)];
const chunk = 65536;

function stream(done) {
  fs.createReadStream(file, { highWaterMark: chunk }).on('data', () => {}).on('close', done);
}

// As a loop in C would: read, and when the result is there, read on.
function reads(buffer) {
  return (done) => fs.open(file, 'r', (error, fd) => {
    if (error) throw error;
    let at = 0;
    const next = () => fs.read(fd, buffer(), 0, chunk, at, (failed, n) => {
      if (failed) throw failed;
      at += n;
      if (n) next();
      else fs.close(fd, done);
    });
    next();
  });
}

const one = Buffer.allocUnsafeSlow(chunk);
const ways = {
  'fs.read, one buffer': reads(() => one),
  'fs.read, a new buffer each': reads(() => Buffer.allocUnsafeSlow(chunk)),
  'createReadStream': stream,
};

const times = {};
const queue = [];
for (let i = 0; i <= passes; i++) queue.push(...Object.keys(ways));
function next() {
  const name = queue.shift();
  if (!name) {
    for (const way of Object.keys(ways)) {
      const t = times[way].slice(1).sort((a, b) => a - b);
      console.log(way.padEnd(28), t[0].toFixed(2), t[t.length >> 1].toFixed(2));
    }
    return;
  }
  const begin = process.hrtime.bigint();
  ways[name](() => {
    (times[name] = times[name] || []).push(Number(process.hrtime.bigint() - begin) / 1e6);
    next();
  });
}
next();
