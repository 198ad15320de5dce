/// Sentences of other rooms and of CLI11 in the language of the person who typed.
/// Flow     an error -> in_chosen_language() or sentence_of() -> stderr. JSON keeps the English text: programs read it.
/// Threads  one thread.
/// Errors   a sentence that is not in the book stays English: an unknown word beats a lost one.
#pragma once

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

namespace vonggac::cli {

/// The message of a Status. English ones are returned as they are.
std::string in_chosen_language(std::string_view message);

/// What CLI11 found wrong, without repeating addresses (they may hold a password); names the commands where one is
/// missing or unknown.
std::string sentence_of(const CLI::App& app, const CLI::ParseError& error);

}  // namespace vonggac::cli
