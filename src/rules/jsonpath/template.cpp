// SPDX-License-Identifier: 0BSD
#include "rules/jsonpath/template.hpp"

#include <fmt/format.h>

#include "rules/jsonpath/evaluate.hpp"
#include "rules/jsonpath/node.hpp"
#include "rules/jsonpath/parse.hpp"

namespace jsonpath {

base::Result<Template> Template::parse(std::string_view text) {
    auto nodes = parse_nodes(text);
    if (!nodes) {
        return std::move(nodes.error());
    }
    auto root = std::make_shared<Node>();
    root->branches.push_back(*std::move(nodes));
    return Template(std::move(root));
}

base::Result<std::string> Template::evaluate(const model::Value& root, Options options) const {
    return evaluate_nodes(root_->branches.front(), root, options);
}

base::Result<std::string> relaxed(std::string_view expression) {
    if (expression.empty()) {
        return std::string();
    }
    std::string_view path = expression;
    if (path.starts_with('{') && path.ends_with('}') && path.size() > 1) {
        path = path.substr(1, path.size() - 2);
    }
    // A single dot is a path by itself.
    path.remove_prefix(path.size() > 1 && path.starts_with('.') ? 1 : 0);
    if (path.empty() || path.find_first_of("{}") != std::string_view::npos) {
        return base::Error{
            base::ErrorCode::kInvalid,
            fmt::format("\"{}\" is no path such as a.b, .a.b, {{a.b}} or {{.a.b}}", expression)};
    }
    return fmt::format("{{.{}}}", path);
}

}  // namespace jsonpath
