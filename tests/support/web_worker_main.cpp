/// The web worker alone as a program, for tests that start it under a fake core.
#include "api/web_worker.h"

int main() { return vonggac::api::run_web_worker(); }
