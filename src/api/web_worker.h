/// The web worker process: serves the status page, the HTTP interface and the live WebSocket, and asks core for
/// everything it shows.
/// Flow     core starts `vonggac web-worker` with its channel as descriptor 3 and the bound socket as 5, sends one
///          ControlReply{id 0, {"web_config":{"data_dir","listen"}}}, then answers questions and sends live units.
/// Threads  the calling thread runs the loop; two more read files.
/// Errors   the exit code: 0 core asked it to stop or is gone, 1 failure, 2 started in another way than that.
#pragma once

namespace vonggac::api {

int run_web_worker();

}  // namespace vonggac::api
