#include "json.h"

#include <cctype>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "error.h"

namespace hls4ml_soc {

class JsonReader {
  public:
    explicit JsonReader(std::string given) : input(std::move(given)) {}

    Json document() {
        Json found = value(0);
        blanks();
        if (at != input.size())
            fail("more after its end");
        return found;
    }

  private:
    static constexpr int deepest = 32;
    std::string input;
    std::size_t at = 0;

    [[noreturn]] void fail(const std::string &what) const {
        throw UserError("no JSON at byte " + std::to_string(at) + ": " + what);
    }

    void blanks() {
        while (at < input.size() && std::isspace(static_cast<unsigned char>(input[at])))
            at++;
    }

    char peek() {
        blanks();
        return at < input.size() ? input[at] : '\0';
    }

    void expect(char wanted) {
        if (peek() != wanted)
            fail(std::string("expected '") + wanted + "'");
        at++;
    }

    bool more(char end) {
        if (peek() == end) {
            at++;
            return false;
        }
        expect(',');
        return true;
    }

    std::string string() {
        expect('"');
        std::string found;
        while (at < input.size() && input[at] != '"') {
            char next = input[at++];
            if (next == '\\') {
                if (at >= input.size())
                    break;
                next = input[at++];
                if (next == 'u')
                    fail("\\u is not read here");
                const std::string escapes = "nrtbf", meanings = "\n\r\t\b\f";
                const std::size_t known = escapes.find(next);
                next = known == std::string::npos ? next : meanings[known];
            }
            found += next;
        }
        if (at >= input.size())
            fail("a string without an end");
        at++;
        return found;
    }

    Json value(int depth) {
        if (depth > deepest)
            fail("too deep");
        Json found;
        const char first = peek();
        if (first == '{') {
            found.kind = Json::Kind::object;
            at++;
            for (bool go = peek() != '}' || more('}'); go; go = more('}')) {
                const std::string name = string();
                expect(':');
                found.members[name] = value(depth + 1);
            }
        } else if (first == '[') {
            found.kind = Json::Kind::list;
            at++;
            for (bool go = peek() != ']' || more(']'); go; go = more(']'))
                found.list.push_back(value(depth + 1));
        } else if (first == '"') {
            found.kind = Json::Kind::text;
            found.words = string();
        } else {
            while (at < input.size() && (std::isalnum(static_cast<unsigned char>(input[at])) || input[at] == '-' ||
                                         input[at] == '+' || input[at] == '.'))
                found.words += input[at++];
            if (found.words.empty())
                fail("expected a value");
            const bool digit = std::isdigit(static_cast<unsigned char>(found.words.back())) != 0;
            found.kind = digit ? Json::Kind::number : found.words == "null" ? Json::Kind::null : Json::Kind::boolean;
        }
        return found;
    }
};

Json Json::read(const std::string &path) {
    std::ifstream file(path);
    if (!file)
        throw UserError(path + " cannot be read");
    std::ostringstream text;
    text << file.rdbuf();
    try {
        return JsonReader(text.str()).document();
    } catch (const UserError &error) {
        throw UserError(path + ": " + error.what());
    }
}

const Json &Json::operator[](const std::string &name) const {
    const auto found = members.find(name);
    if (found == members.end())
        throw UserError("'" + name + "' is missing");
    return found->second;
}

const std::vector<Json> &Json::items() const {
    if (kind != Kind::list)
        throw UserError("a list is expected");
    return list;
}

const std::string &Json::text() const {
    if (kind != Kind::text)
        throw UserError("a text is expected");
    return words;
}

std::uint64_t Json::number() const {
    if (kind != Kind::number || words.find_first_not_of("0123456789") != std::string::npos)
        throw UserError("a whole number is expected");
    return std::stoull(words);
}

std::string quoted(const std::string &text) {
    std::string found = "\"";
    for (const char each : text) {
        if (each == '"' || each == '\\')
            found += '\\';
        if (static_cast<unsigned char>(each) < 0x20) {
            char code[8];
            std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(each));
            found += code;
        } else {
            found += each;
        }
    }
    return found + "\"";
}

} // namespace hls4ml_soc
