#include "tests/runtime/http/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace spacemoe {

RawClient::RawClient(const std::string& address) {
  const size_t colon = address.rfind(':');
  sockaddr_in where = {};
  where.sin_family = AF_INET;
  where.sin_port = htons(std::atoi(address.c_str() + colon + 1));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &where.sin_addr);
  fd_ = UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(fd_.get(), reinterpret_cast<sockaddr*>(&where), sizeof(where)) !=
      0) {
    fd_ = UniqueFd();
  }
}

void RawClient::Send(const std::string& bytes) {
  for (size_t sent = 0; fd_.valid() && sent < bytes.size();) {
    const ssize_t n =
        send(fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return;
    sent += n;
  }
}

void RawClient::Request(const std::string& method, const std::string& path,
                        const std::string& body, const std::string& headers) {
  std::string length;
  if (!body.empty() || method == "POST") {
    length = absl::StrCat("Content-Length: ", body.size(), "\r\n");
  }
  Send(absl::StrCat(method, " ", path, " HTTP/1.1\r\nHost: test\r\n", headers,
                    length, "\r\n", body));
}

bool RawClient::ReadSome() {
  char buffer[65536];
  const ssize_t n =
      fd_.valid() ? recv(fd_.get(), buffer, sizeof(buffer), 0) : 0;
  if (n <= 0) return false;
  input_.append(buffer, n);
  return true;
}

bool RawClient::ReadUntil(const std::string& text) {
  while (input_.find(text) == std::string::npos) {
    if (!ReadSome()) return false;
  }
  return true;
}

std::string RawClient::ReadToEnd() {
  while (ReadSome()) {
  }
  return Take(input_.size());
}

std::string RawClient::Take(size_t bytes) {
  while (input_.size() < bytes) {
    if (!ReadSome()) break;
  }
  std::string taken = input_.substr(0, bytes);
  input_.erase(0, bytes);
  return taken;
}

std::string RawClient::ReadChunks() {
  std::string body;
  while (ReadUntil("\r\n")) {
    const size_t end = input_.find("\r\n");
    const size_t size = std::strtoul(Take(end + 2).c_str(), nullptr, 16);
    body += Take(size);
    if (Take(2) != "\r\n") break;
    if (size == 0) break;
  }
  return body;
}

RawResponse RawClient::Read(bool head) {
  RawResponse response;
  if (!ReadUntil("\r\n\r\n")) return response;
  std::istringstream lines(Take(input_.find("\r\n\r\n") + 4));
  std::string line;
  std::getline(lines, line);
  const int status = std::atoi(line.substr(line.find(' ')).c_str());
  while (std::getline(lines, line) && line.find(':') != std::string::npos) {
    const size_t colon = line.find(':');
    response.headers.emplace_back(
        line.substr(0, colon),
        std::string(absl::StripAsciiWhitespace(line.substr(colon + 1))));
  }
  if (status == 100) return Read(head);
  response.status = status;
  if (head) return response;
  if (FindHeader(response.headers, "Transfer-Encoding") == "chunked") {
    response.body = ReadChunks();
  } else if (const auto length = FindHeader(response.headers, "Content-Length");
             !length.empty()) {
    response.body =
        Take(std::strtoul(std::string(length).c_str(), nullptr, 10));
  } else {
    response.body = ReadToEnd();
  }
  return response;
}

void RawClient::Reset() {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  fd_ = UniqueFd();
}

void RawClient::SetReceiveBuffer(int bytes) {
  setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

RawResponse Fetch(const std::string& address, const std::string& method,
                  const std::string& path, const std::string& body,
                  const std::string& headers) {
  RawClient client(address);
  client.Request(method, path, body, headers);
  return client.Read(method == "HEAD");
}

}  // namespace spacemoe
