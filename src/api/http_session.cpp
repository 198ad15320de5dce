#include "api/http_session.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/detect_ssl.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include "api/client_stream.h"
#include "api/feed_session.h"
#include "api/head_watch.h"
#include "api/live_session.h"
#include "api/request_reading.h"
#include "base/log.h"

namespace vonggac::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using ErrorCode = boost::system::error_code;

constexpr std::uint32_t kMaxHeaderBytes = 16U << 10;
constexpr auto kReadPatience = std::chrono::seconds(20);     // for a whole request, and for the next one to begin
constexpr auto kUploadPatience = std::chrono::seconds(120);  // for a long body of somebody who was let in
constexpr auto kPatience = std::chrono::seconds(25);         // for a piece of an answer to be taken
constexpr auto kTlsPatience = std::chrono::seconds(10);
constexpr auto kLingerPatience = std::chrono::seconds(1);
constexpr auto kLookEvery = std::chrono::milliseconds(250);  // at the right to what is being sent
constexpr auto kUploadLingerPatience = std::chrono::seconds(10);
constexpr std::size_t kMaxLingerBytes = 256U << 10;
constexpr std::size_t kMaxUploadLingerBytes = 2 * kMostUploadBytes;
constexpr std::size_t kHeadPieceBytes = 2048;
constexpr std::size_t kPieceBytes = 256U << 10;

class HttpSession final : public Connection, public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(asio::ip::tcp::socket socket, ServerContext& context)
      : context_(context),
        slot_(std::make_shared<ConnectionSlot>(context.stats)),
        stream_(std::move(socket), context.tls) {
    ErrorCode ignored;
    peer_ = stream_.next_layer().socket().remote_endpoint(ignored).address();
    address_ = peer_.to_string();
    context_.connections.insert(this);
  }
  ~HttpSession() override { context_.connections.erase(this); }

  void close() override { stream_.next_layer().close(); }

  std::optional<WaitingForClient> waiting() const override {
    if (waits_ == Waits::kForUs || !stream_.next_layer().socket().is_open()) return std::nullopt;
    return WaitingForClient{waits_ == Waits::kForRequest, waits_since_, peer_};
  }

  void begin() {
    now_waits(Waits::kForRequest);
    if (!stream_.is_secure()) {
      read();
      return;
    }
    stream_.next_layer().expires_after(kTlsPatience);
    beast::async_detect_ssl(
        stream_.next_layer(), buffer_,
        [self = shared_from_this()](const ErrorCode& error, bool secure) { self->on_first_bytes(error, secure); });
  }

  void read() {
    now_waits(Waits::kForRequest);
    parser_.emplace();
    parser_->header_limit(kMaxHeaderBytes);
    most_body_bytes_ = kMostFormBytes;
    reply_ = {};
    head_watch_ = {};
    if (buffer_.size() == 0) buffer_.shrink_to_fit();
    stream_.next_layer().expires_after(kReadPatience);
    watch_head(0);
  }

 private:
  /// Who the connection waits for: a client that sends, a client that takes an answer, or us.
  enum class Waits { kForRequest, kForTaking, kForUs };

  void now_waits(Waits waits) {
    waits_ = waits;
    waits_since_ = context_.clock.mono_now();
  }

  /// Looks at what came since, then has the parser read on, or waits for more.
  void watch_head(std::size_t from) {
    const auto data = buffer_.cdata();
    const std::string_view bytes(static_cast<const char*>(data.data()), data.size());
    switch (head_watch_.feed(bytes.substr(from))) {
      case HeadWatch::State::kBroken:
        refuse_malformed(http::make_error_code(http::error::bad_line_ending));
        return;
      case HeadWatch::State::kWhole:
        read_message(bytes);
        return;
      case HeadWatch::State::kMore:
        break;
    }
    if (bytes.size() > kMaxHeaderBytes) {
      refuse_malformed(http::make_error_code(http::error::header_limit));
      return;
    }
    stream_.async_read_some(
        buffer_.prepare(kHeadPieceBytes),
        [self = shared_from_this()](const ErrorCode& error, std::size_t size) { self->on_head_bytes(error, size); });
  }

  /// How long a body may be says the row of the address. Who sends a long one is looked at before it is taken.
  void read_message(std::string_view head) {
    const auto [method, target] = first_line(head);
    most_body_bytes_ = Routes::most_body_bytes(method, target);
    parser_->body_limit(most_body_bytes_);
    if (most_body_bytes_ == kMostFormBytes) {
      read_body();
      return;
    }
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->on_upload_head(error); });
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->on_request(error); });
  }

  void on_upload_head(const ErrorCode& error) {
    if (error) {
      refuse_malformed(error);
      return;
    }
    if (refuse_head()) return;
    now_waits(Waits::kForUs);
    context_.routes.admit_upload(whole_request(), [self = shared_from_this()](std::optional<HttpReply> refused) {
      self->on_upload_admission(std::move(refused));
    });
  }

  void on_upload_admission(std::optional<HttpReply> refused) {
    if (!stream_.next_layer().socket().is_open()) return;
    if (!refused && context_.uploads >= kMostUploads) refused = busy_reply();
    if (refused) {
      keep_alive_ = false;
      linger_ = true;
      write(std::move(*refused));
      return;
    }
    upload_.emplace(context_);
    now_waits(Waits::kForRequest);
    stream_.next_layer().expires_after(kUploadPatience);
    if (!waits_for_word(*parser_)) {
      read_body();
      return;
    }
    static constexpr std::string_view kComeOn = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(kComeOn), [self = shared_from_this()](const ErrorCode& error, std::size_t) {
      if (error) {
        self->finish();
        return;
      }
      self->read_body();
    });
  }

  void on_head_bytes(const ErrorCode& error, std::size_t size) {
    if (error) {
      finish();
      return;
    }
    const std::size_t from = buffer_.size();
    buffer_.commit(size);
    watch_head(from);
  }

  void on_first_bytes(const ErrorCode& error, bool secure) {
    if (error) return;
    if (!secure) {
      tell_to_use_tls();
      return;
    }
    stream_.tls()->async_handshake(asio::ssl::stream_base::server, buffer_.data(),
                                   [self = shared_from_this()](const ErrorCode& failed, std::size_t used) {
                                     self->buffer_.consume(used);
                                     if (!failed) self->read();
                                   });
  }

  /// Somebody typed http:// before the address of a port that speaks TLS.
  void tell_to_use_tls() {
    static const std::string answer =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"
        "H\u00e3y d\u00f9ng https:// thay cho http://. Use https:// instead of http://.\n";
    asio::async_write(stream_.next_layer(), asio::buffer(answer),
                      [self = shared_from_this()](const ErrorCode&, std::size_t) {
                        ErrorCode ignored;
                        self->stream_.next_layer().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
                      });
  }

  void on_request(const ErrorCode& error) {
    if (error) {
      refuse_malformed(error);
      return;
    }
    if (refuse_head()) return;
    now_waits(Waits::kForUs);
    HttpRequest request = whole_request();
    keep_alive_ = parser_->get().keep_alive();
    head_only_ = request.method == "HEAD";
    if (const auto socket = Routes::socket_of(request)) return upgrade(*socket, request);
    request.body = std::move(parser_->get().body());
    context_.routes.handle(std::move(request),
                           [self = shared_from_this()](HttpReply reply) { self->write(std::move(reply)); });
  }

  bool refuse_head() {
    if (is_ambiguous(*parser_)) {
      refuse_malformed(http::make_error_code(http::error::bad_transfer_encoding));
      return true;
    }
    if (!is_packed(*parser_)) return false;
    keep_alive_ = false;
    linger_ = true;
    write(problem_reply(415, {"Nội dung gửi lên không được nén.", "the body must not be compressed"}));
    return true;
  }

  /// All but its body.
  HttpRequest whole_request() {
    HttpRequest request = request_from(*parser_);
    request.address = address_;
    request.secure = stream_.is_secure();
    return request;
  }

  void upgrade(SocketKind kind, const HttpRequest& request) {
    stream_.next_layer().expires_never();
    context_.routes.admit_socket(
        kind, request, [self = shared_from_this(), kind](std::optional<HttpReply> refused, SocketVisitor visitor) {
          self->on_socket_admission(kind, std::move(refused), std::move(visitor));
        });
  }

  void on_socket_admission(SocketKind kind, std::optional<HttpReply> refused, SocketVisitor visitor) {
    if (!stream_.next_layer().socket().is_open()) return;
    if (refused) {
      keep_alive_ = false;
      write(std::move(*refused));
      return;
    }
    // Bytes after the request would be frames sent before the handshake was answered: no browser does that.
    if (buffer_.size() > 0) return;
    PersonSockets& sockets = kind == SocketKind::kLive ? context_.live_sockets : context_.feed_sockets;
    std::shared_ptr<PersonSlot> share = PersonSlot::take(sockets, visitor.person);
    if (!share) {
      refuse_socket(std::move(stream_), parser_->release(), context_, slot_, "too_many_sockets");
    } else if (kind == SocketKind::kLive) {
      start_live_session(std::move(stream_), parser_->release(), context_, slot_, std::move(share),
                         std::move(visitor.credentials));
    } else {
      start_feed_session(std::move(stream_), parser_->release(), context_, slot_, std::move(share),
                         std::move(visitor.credentials));
    }
  }

  /// Answers what can be answered; a peer that went away or was silent gets nothing.
  void refuse_malformed(const ErrorCode& error) {
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        error == beast::error::timeout ||
        error.category() != http::make_error_code(http::error::bad_method).category()) {
      finish();
      return;
    }
    keep_alive_ = false;
    head_only_ = false;
    linger_ = true;
    if (error == http::error::header_limit) {
      write(problem_reply(431, {"Phần đầu của yêu cầu quá dài.", "the header of the request is too large"}));
    } else if (error == http::error::body_limit) {
      write(too_large());
    } else {
      write(problem_reply(400, {"Yêu cầu không đọc được.", "the request cannot be understood"}));
    }
  }

  HttpReply too_large() const {
    if (most_body_bytes_ == kMostFormBytes) {
      return problem_reply(413, {"Nội dung gửi lên quá lớn.", "the body of the request is too large"});
    }
    return problem_reply(413, {"Tệp quá lớn (tối đa 32 MB): chia bảng thành nhiều tệp rồi nộp lần lượt.",
                               "the file is too large (32 MB at most): split the list and send the parts"});
  }

  void write(HttpReply reply) {
    upload_.reset();
    reply_ = std::move(reply);
    // Browsers heed it only where they trust the certificate.
    if (stream_.is_secure()) reply_.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
    head_ = render_head(reply_, keep_alive_);
    next_ = reply_.first;
    std::array<asio::const_buffer, 2> parts{asio::buffer(head_), asio::const_buffer()};
    if (reply_.body && !head_only_ && reply_.status != 304) parts[1] = asio::buffer(*reply_.body);
    if (reply_.permit) watch_permit();
    // Somebody who was let in to a download is not cut for a crowd of strangers.
    now_waits(reply_.permit ? Waits::kForUs : Waits::kForTaking);
    stream_.next_layer().expires_after(kPatience);
    asio::async_write(stream_, parts,
                      [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->on_written(error); });
  }

  void on_written(const ErrorCode& error) {
    if (error) {
      stream_.next_layer().close();
      return;
    }
    if (reply_.source && !head_only_ && next_ < reply_.first + reply_.length) {
      fetch_piece();
      return;
    }
    reply_ = {};
    if (keep_alive_) {
      read();
    } else {
      finish();
    }
  }

  void fetch_piece() {
    if (reply_.permit && !reply_.permit->valid()) {
      cut();
      return;
    }
    const std::uint64_t left = reply_.first + reply_.length - next_;
    const std::size_t size = static_cast<std::size_t>(std::min<std::uint64_t>(left, kPieceBytes));
    const auto piece = std::make_shared<base::Result<base::Bytes>>(base::internal_error("not read"));
    const bool accepted =
        context_.files.run([source = reply_.source, at = next_, size, piece] { *piece = source->read(at, size); },
                           [self = shared_from_this(), piece, size] { self->write_piece(*piece, size); });
    if (!accepted) stream_.next_layer().close();
  }

  /// While a slow reader is waited for as well, or a download would go on for as long as it can be made to last.
  void watch_permit() {
    watch_.expires_after(kLookEvery);
    watch_.async_wait([weak = weak_from_this()](const ErrorCode& error) {
      const auto self = weak.lock();
      if (error || !self || !self->reply_.permit) return;
      if (self->reply_.permit->valid()) {
        self->watch_permit();
      } else {
        self->cut();
      }
    });
  }

  /// Resets the connection: an orderly end would still deliver the megabytes that wait in the kernel.
  void cut() {
    if (!stream_.next_layer().socket().is_open()) return;
    base::log::info("api", "a download was cut: no longer allowed");
    ErrorCode ignored;
    stream_.next_layer().socket().set_option(asio::socket_base::linger(true, 0), ignored);
    stream_.next_layer().close();
  }

  /// The head is out already: when the rest cannot be read, the only honest answer is to break off.
  void write_piece(base::Result<base::Bytes>& piece, std::size_t size) {
    if (!piece || piece->size() != size) {
      base::log::warning("api", "clip broken off: {}", piece ? "short read" : piece.error().to_string());
      stream_.next_layer().close();
      return;
    }
    piece_ = std::move(*piece);
    next_ += size;
    stream_.next_layer().expires_after(kPatience);
    asio::async_write(stream_, asio::buffer(piece_),
                      [self = shared_from_this()](const ErrorCode& error, std::size_t) { self->on_written(error); });
  }

  void finish() {
    ErrorCode ignored;
    if (stream_.is_secure() && !linger_) {
      stream_.next_layer().expires_after(kLingerPatience);
      stream_.tls()->async_shutdown(
          [self = shared_from_this()](const ErrorCode&) { self->stream_.next_layer().close(); });
      return;
    }
    stream_.next_layer().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    if (linger_) {
      // Who sends a long file reads the answer when all of it is sent.
      const bool upload = most_body_bytes_ > kMostFormBytes;
      most_drained_bytes_ = upload ? kMaxUploadLingerBytes : kMaxLingerBytes;
      stream_.next_layer().expires_after(upload ? kUploadLingerPatience : kLingerPatience);
      drain();
    }
  }

  /// Closing with unread bytes would reset the connection and might take our answer with it.
  void drain() {
    if (drained_bytes_ > most_drained_bytes_) return;
    stream_.async_read_some(asio::buffer(drain_buffer_),
                            [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
                              self->drained_bytes_ += size;
                              if (!error) self->drain();
                            });
  }

  ServerContext& context_;
  std::shared_ptr<ConnectionSlot> slot_;
  asio::ip::address peer_;
  std::string address_;
  ClientStream stream_;
  asio::steady_timer watch_{stream_.get_executor()};
  beast::flat_buffer buffer_{kMaxHeaderBytes + kMostFormBytes};
  HeadWatch head_watch_;
  std::optional<RequestParser> parser_;
  std::size_t most_body_bytes_ = kMostFormBytes;
  std::optional<UploadSlot> upload_;
  Waits waits_ = Waits::kForRequest;
  base::MonoTime waits_since_;
  bool keep_alive_ = false;
  bool head_only_ = false;
  bool linger_ = false;
  HttpReply reply_;
  std::string head_;
  std::uint64_t next_ = 0;
  base::Bytes piece_;
  std::size_t drained_bytes_ = 0, most_drained_bytes_ = 0;
  std::array<char, 4096> drain_buffer_{};
};

}  // namespace

void start_http_session(asio::ip::tcp::socket socket, ServerContext& context) {
  std::make_shared<HttpSession>(std::move(socket), context)->begin();
}

}  // namespace vonggac::api
