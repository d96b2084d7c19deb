// SPDX-License-Identifier: 0BSD
// Type: a type of the CEL language, as declarations name it and the checker deduces it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cel {

enum class TypeKind {
    kDyn,  // any value: judged when the program runs
    kNull,
    kBool,
    kInt,
    kUint,
    kDouble,
    kString,
    kBytes,
    kDuration,
    kTimestamp,
    kType,       // the type of types; parameter 0 is the type that is named, where it is known
    kList,       // parameter 0: its elements
    kMap,        // parameters: keys, values
    kOptional,   // parameter 0: what it may hold
    kOpaque,     // a named type of a library, such as kubernetes.Quantity, with any parameters
    kParameter,  // stands for any one type within a function's signature: "A"
};

// Immutable and cheap to copy.
class Type {
public:
    static Type dyn();
    // One of the kinds without parameters and name.
    static Type simple(TypeKind kind);
    static Type list(Type element);
    static Type map(Type key, Type value);
    static Type optional(Type held);
    static Type type_of(Type named);
    static Type opaque(std::string name, std::vector<Type> parameters = {});
    static Type parameter(std::string name);

    TypeKind kind() const;
    // "int", "google.protobuf.Timestamp", "list", "optional_type", "net.IP", or a parameter's "A": what the language calls it.
    std::string_view name() const;
    const std::vector<Type>& parameters() const;
    // "map(string, list(int))", "optional_type(dyn)", as messages write it.
    std::string text() const;
    // Whether a parameter occurs in it.
    bool generic() const;
    // Names that text() writes, for who must bound it.
    std::size_t weight() const;

    bool operator==(const Type& other) const;

private:
    struct Node;
    explicit Type(std::shared_ptr<const Node> node);
    std::shared_ptr<const Node> node_;
};

}  // namespace cel
