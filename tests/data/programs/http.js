// A server that nobody asks for anything.
require("http").createServer(() => {}).listen(process.env.DIR + "/s");
