// SPDX-License-Identifier: 0BSD
#include "rules/cel/type.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace cel {

struct Type::Node {
    TypeKind kind;
    std::string name;
    std::vector<Type> parameters;
    bool generic = kind == TypeKind::kParameter || std::ranges::any_of(parameters, &Type::generic);
    std::size_t weight = std::accumulate(
        parameters.begin(), parameters.end(), std::size_t{1}, [](std::size_t sum, const Type& parameter) {
            return std::min<std::size_t>(sum + parameter.weight(), UINT32_MAX);
        });
};

Type::Type(std::shared_ptr<const Node> node) : node_(std::move(node)) {}

namespace {

constexpr std::size_t kKindCount = static_cast<std::size_t>(TypeKind::kParameter) + 1;

constexpr std::array<std::string_view, kKindCount> kNames = {"dyn",
                                                             "null_type",
                                                             "bool",
                                                             "int",
                                                             "uint",
                                                             "double",
                                                             "string",
                                                             "bytes",
                                                             "google.protobuf.Duration",
                                                             "google.protobuf.Timestamp",
                                                             "type",
                                                             "list",
                                                             "map",
                                                             "optional_type",
                                                             "",
                                                             ""};

}  // namespace

Type Type::simple(TypeKind kind) {
    static const auto nodes = [] {
        std::array<std::shared_ptr<const Node>, kKindCount> made;
        for (std::size_t at = 0; at < kKindCount; ++at) {
            made[at] = std::make_shared<const Node>(
                Node{.kind = static_cast<TypeKind>(at), .name = std::string(kNames[at]), .parameters = {}});
        }
        return made;
    }();
    return Type(nodes[static_cast<std::size_t>(kind)]);
}

Type Type::dyn() { return simple(TypeKind::kDyn); }

Type Type::list(Type element) {
    return Type(std::make_shared<const Node>(Node{TypeKind::kList, "list", {std::move(element)}}));
}

Type Type::map(Type key, Type value) {
    return Type(
        std::make_shared<const Node>(Node{TypeKind::kMap, "map", {std::move(key), std::move(value)}}));
}

Type Type::optional(Type held) {
    return Type(std::make_shared<const Node>(Node{TypeKind::kOptional, "optional_type", {std::move(held)}}));
}

Type Type::type_of(Type named) {
    return Type(std::make_shared<const Node>(Node{TypeKind::kType, "type", {std::move(named)}}));
}

Type Type::opaque(std::string name, std::vector<Type> parameters) {
    return Type(std::make_shared<const Node>(
        Node{.kind = TypeKind::kOpaque, .name = std::move(name), .parameters = std::move(parameters)}));
}

Type Type::parameter(std::string name) {
    return Type(std::make_shared<const Node>(
        Node{.kind = TypeKind::kParameter, .name = std::move(name), .parameters = {}}));
}

TypeKind Type::kind() const { return node_->kind; }
std::string_view Type::name() const { return node_->name; }
const std::vector<Type>& Type::parameters() const { return node_->parameters; }
bool Type::generic() const { return node_->generic; }
std::size_t Type::weight() const { return node_->weight; }

std::string Type::text() const {
    if (kind() == TypeKind::kNull) {
        return "null";
    }
    std::string out(name());
    if (parameters().empty()) {
        return out;
    }
    out += '(';
    for (std::size_t at = 0; at < parameters().size(); ++at) {
        out += at == 0 ? "" : ", ";
        out += parameters()[at].text();
    }
    out += ')';
    return out;
}

bool Type::operator==(const Type& other) const {
    return node_ == other.node_ ||
           (kind() == other.kind() && name() == other.name() && parameters() == other.parameters());
}

}  // namespace cel
