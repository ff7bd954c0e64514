// The body of a GET over a socket of its own.
#ifndef SPACEMOE_TESTS_RUNTIME_METRICS_HTTP_GET_H_
#define SPACEMOE_TESTS_RUNTIME_METRICS_HTTP_GET_H_

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "runtime/base/unique_fd.h"

namespace spacemoe {

struct HttpAnswer {
  int status = 0;  // 0: nobody answered
  std::string head;
  std::string body;
};

// `address`: an IPv4 address and port. `headers` end in "\r\n" each.
inline HttpAnswer HttpGet(const std::string& address, const std::string& path,
                          const std::string& headers = "") {
  const size_t colon = address.rfind(':');
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port =
      htons(static_cast<uint16_t>(std::atoi(address.c_str() + colon + 1)));
  inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  HttpAnswer answer;
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0)
    return answer;
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: " + address +
                              "\r\nConnection: close\r\n" + headers + "\r\n";
  if (send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL) < 0)
    return answer;
  std::string text;
  char bytes[4096];
  ssize_t got;
  while ((got = recv(fd.get(), bytes, sizeof(bytes), 0)) > 0)
    text.append(bytes, got);
  const size_t end = text.find("\r\n\r\n");
  if (end == text.npos) return answer;
  answer.head = text.substr(0, end);
  answer.body = text.substr(end + 4);
  answer.status = std::atoi(text.c_str() + text.find(' ') + 1);
  return answer;
}

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_RUNTIME_METRICS_HTTP_GET_H_
