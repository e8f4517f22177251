// Reads JSON: as much of it as accelerator.json has.
#ifndef HLS4ML_SOC_JSON_H
#define HLS4ML_SOC_JSON_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace hls4ml_soc {

class Json {
  public:
    // Raises UserError naming the file for what is no JSON.
    static Json read(const std::string &path);

    // A member, or UserError naming it.
    const Json &operator[](const std::string &name) const;
    const std::vector<Json> &items() const;
    const std::string &text() const;
    std::uint64_t number() const;

  private:
    friend class JsonReader;
    enum class Kind { null, boolean, number, text, list, object };
    Kind kind = Kind::null;
    std::string words; // of a number too
    std::vector<Json> list;
    std::map<std::string, Json> members;
};

// A text as a JSON string.
std::string quoted(const std::string &text);

} // namespace hls4ml_soc

#endif
