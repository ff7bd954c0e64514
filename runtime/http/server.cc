#include "runtime/http/server.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/base/log.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"
#include "runtime/http/connection.h"
#include "runtime/net/address.h"

namespace spacemoe {
namespace {

// Connections that are told that there are too many; more are cut.
constexpr int kMaxRefused = 64;
// After accept has failed, for want of descriptors for instance.
constexpr std::chrono::milliseconds kAcceptPause(100);
// An infinite time does not fit into those of the standard library.
constexpr absl::Duration kLongGrace = absl::Hours(24);

absl::StatusOr<tcp::endpoint> Resolve(const std::string& listen) {
  SPACEMOE_ASSIGN_OR_RETURN(const Address address, ParseAddress(listen));
  if (address.kind != AddressKind::kTcp) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected HOST:PORT for HTTP, such as localhost:8000, found '", listen,
        "'"));
  }
  asio::io_context context;
  beast::error_code error;
  const auto found = tcp::resolver(context).resolve(
      address.host, absl::StrCat(address.port),
      tcp::resolver::passive | tcp::resolver::numeric_service, error);
  if (error || found.empty()) {
    return absl::NotFoundError(
        absl::StrCat("cannot listen on ", listen, ": ", error.message()));
  }
  // localhost may be both.
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) return entry.endpoint();
  }
  return found.begin()->endpoint();
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, const HttpService* service)
      : workers_(options.workers),
        acceptor_(asio::make_strand(context_)),
        pause_(acceptor_.get_executor()),
        work_(asio::make_work_guard(context_)) {
    shared_.options = std::move(options);
    shared_.service = service;
    shared_.workers = &workers_;
    shared_.on_closed = [this](uint64_t id) { OnClosed(id); };
  }

  absl::Status Listen() {
    const std::string& listen = shared_.options.listen;
    SPACEMOE_ASSIGN_OR_RETURN(const tcp::endpoint endpoint, Resolve(listen));
    beast::error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) {
      acceptor_.listen(asio::socket_base::max_listen_connections, error);
    }
    if (error) {
      return ErrnoStatus(absl::StrCat("cannot listen on ", listen),
                         error.value());
    }
    const tcp::endpoint local = acceptor_.local_endpoint(error);
    const std::string host = local.address().to_string();
    address_ = absl::StrCat(
        local.address().is_v6() ? absl::StrCat("[", host, "]") : host, ":",
        local.port());
    return absl::OkStatus();
  }

  void Run() {
    asio::post(acceptor_.get_executor(), [this] { Accept(); });
    for (int i = 0; i < shared_.options.io_threads; ++i) {
      threads_.emplace_back([this] { context_.run(); });
    }
  }

  void Shutdown(absl::Duration grace) {
    if (threads_.empty()) return;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      draining_ = true;
    }
    StopAccepting();
    StopConnections(/*now=*/false);
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait_for(lock,
                        absl::ToChronoNanoseconds(std::min(grace, kLongGrace)),
                        [this] { return connections_.empty(); });
    }
    StopConnections(/*now=*/true);
    workers_.join();
    // The threads end by themselves when nothing is pending: then every handler
    // has run and nothing is destroyed unrun.
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  const std::string& address() const { return address_; }
  int connections() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return static_cast<int>(connections_.size());
  }

 private:
  void Accept() {
    if (stopping_) return;
    acceptor_.async_accept(asio::make_strand(context_),
                           [this](beast::error_code error, tcp::socket socket) {
                             OnAccepted(error, std::move(socket));
                           });
  }

  void OnAccepted(beast::error_code error, tcp::socket socket) {
    if (stopping_) return;
    if (!error) {
      Add(std::move(socket));
      return Accept();
    }
    LogError(absl::StrCat("HTTP: cannot accept: ", error.message()));
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](beast::error_code) { Accept(); });
  }

  void Add(tcp::socket socket) {
    std::shared_ptr<HttpConnection> connection;
    bool refused = false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      if (draining_) return;
      const int limit = shared_.options.limits.connections;
      const int open = static_cast<int>(connections_.size());
      if (open >= limit + kMaxRefused) return;
      refused = open >= limit;
      const uint64_t id = next_id_++;
      connection =
          std::make_shared<HttpConnection>(std::move(socket), id, &shared_);
      connections_.emplace(id, connection);
    }
    refused ? connection->Refuse() : connection->Start();
  }

  void OnClosed(uint64_t id) {
    std::lock_guard<std::mutex> lock(mutex_);
    connections_.erase(id);
    changed_.notify_all();
  }

  void StopAccepting() {
    asio::post(acceptor_.get_executor(), [this] {
      stopping_ = true;
      beast::error_code ignored;
      acceptor_.close(ignored);
      pause_.cancel();
    });
  }

  void StopConnections(bool now) {
    std::vector<std::shared_ptr<HttpConnection>> all;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      for (const auto& [id, weak] : connections_) {
        if (auto connection = weak.lock()) all.push_back(std::move(connection));
      }
    }
    for (const auto& connection : all) connection->Stop(now);
  }

  HttpShared shared_;
  asio::io_context context_;
  asio::thread_pool workers_;
  tcp::acceptor acceptor_;  // on a strand of its own
  asio::steady_timer pause_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  bool stopping_ = false;  // of the acceptor's strand
  std::string address_;
  std::vector<std::thread> threads_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Protected by mutex_.
  bool draining_ = false;
  uint64_t next_id_ = 1;
  std::map<uint64_t, std::weak_ptr<HttpConnection>> connections_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() { Shutdown(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    HttpServerOptions options, const HttpService* service) {
  auto impl = std::make_unique<Impl>(std::move(options), service);
  SPACEMOE_RETURN_IF_ERROR(impl->Listen());
  impl->Run();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

const std::string& HttpServer::address() const { return impl_->address(); }
int HttpServer::connections() const { return impl_->connections(); }
void HttpServer::Shutdown(absl::Duration grace) { impl_->Shutdown(grace); }

}  // namespace spacemoe
