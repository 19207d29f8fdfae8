// The same stream in node: createReadStream with 64 KiB chunks; prints the median pass in ns.
const fs = require('fs');
const [file, passes] = [process.argv[2], Number(process.argv[3])];
const times = [];

function pass() {
  const begin = process.hrtime.bigint();
  fs.createReadStream(file, { highWaterMark: 65536 })
    .on('data', () => {})
    .on('close', () => {
      times.push(Number(process.hrtime.bigint() - begin));
      if (times.length < passes) return pass();
      times.sort((a, b) => a - b);
      console.log(times[passes >> 1]);
    });
}
pass();
