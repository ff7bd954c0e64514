// Boost.Asio and Boost.Beast under short names. Only in runtime/http.
#ifndef SPACEMOE_RUNTIME_HTTP_BOOST_ASIO_H_
#define SPACEMOE_RUNTIME_HTTP_BOOST_ASIO_H_

// Boost 1.74 uses std::exchange without its header.
#include <utility>

#include "boost/asio.hpp"
#include "boost/beast/core.hpp"
#include "boost/beast/http.hpp"

namespace spacemoe {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = boost::asio::ip::tcp;

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_HTTP_BOOST_ASIO_H_
