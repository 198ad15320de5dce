#include "cli/secret_input.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <termios.h>
#include <unistd.h>

#include "cli/phrase.h"

namespace vonggac::cli {
namespace {

constexpr std::size_t kMaxLineBytes = 4096;

void overwrite(char* text) {
  for (; *text != '\0'; ++text) *text = '*';
}

/// The terminal without echo for the life of the object.
class QuietTerminal {
 public:
  QuietTerminal() {
    if (::isatty(STDIN_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
    if (changed_) std::fputs(tr({"Password: ", "Mật khẩu: "}), stderr);
  }
  ~QuietTerminal() {
    if (!changed_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputc('\n', stderr);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

}  // namespace

std::vector<std::string> take_arguments(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) arguments.emplace_back(argv[i]);
  for (int i = 1; i < argc; ++i) {
    char* scheme = std::strstr(argv[i], "://");
    if (scheme != nullptr) overwrite(scheme + 3);
    const bool is_address_option = std::strcmp(argv[i], "--url") == 0 || std::strcmp(argv[i], "--sub-url") == 0;
    if (is_address_option && i + 1 < argc) overwrite(argv[i + 1]);
  }
  return arguments;
}

base::Result<std::string> read_secret_line_of_stdin() {
  const QuietTerminal quiet;
  std::string line;
  // Byte by byte, so that a second secret on the next line is still there for the next call.
  while (true) {
    char c = 0;
    const ssize_t n = ::read(STDIN_FILENO, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::from_errno(errno, "read the password from standard input");
    if (n == 0 && line.empty()) return base::invalid_argument("standard input ended before the password");
    if (n == 0 || c == '\n') break;
    line.push_back(c);
    if (line.size() > kMaxLineBytes) return base::invalid_argument("the password line on standard input is too long");
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace vonggac::cli
