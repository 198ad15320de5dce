/// Boost.Asio's and Boost.Beast's own code, compiled once for the room.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
