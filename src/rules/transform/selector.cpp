// SPDX-License-Identifier: 0BSD
#include "rules/transform/selector.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/id_view.hpp"

namespace transform {
namespace {

// Bounds the memory that an expression of a stranger compiles to.
constexpr std::int64_t kExpressionBytesMax = std::int64_t{1} << 20;

bool is_plain(std::string_view text) {
    return text.find_first_of("\\.+*?()|[]{}^$") == std::string_view::npos;
}

// An expression for a whole text; empty matches everything, plain words are compared.
class Expression {
public:
    base::Result<void> compile(std::string_view text, std::string_view field) {
        text_ = text;
        if (is_plain(text)) {
            return {};
        }
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(kExpressionBytesMax);
        pattern_ = std::make_unique<RE2>(re2::StringPiece(text.data(), text.size()), options);
        if (!pattern_->ok()) {
            return base::Error{
                base::ErrorCode::kInvalid,
                fmt::format("target {} \"{}\" is no regular expression: {}", field, text, pattern_->error())};
        }
        return {};
    }

    bool matches(std::string_view text) const {
        if (pattern_ != nullptr) {
            return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *pattern_);
        }
        return text_.empty() || text_ == text;
    }
    bool is_open() const { return text_.empty(); }

private:
    std::string text_;
    std::unique_ptr<RE2> pattern_;
};

const model::Object* metadata_map(const model::Value& object, std::string_view key) {
    return model::find_object(object, {"metadata", key});
}

}  // namespace

struct Selector::State {
    Target target;
    Expression group;
    Expression version;
    Expression kind;
    Expression name;
    Expression ns;
    std::optional<LabelSelector> labels;
    std::optional<LabelSelector> annotations;

    bool matches_gvk(const IdView& id) const {
        return kind.matches(id.kind) && group.matches(id.group) && version.matches(id.version);
    }
};

bool Target::empty() const {
    return group.empty() && version.empty() && kind.empty() && name.empty() && ns.empty() &&
           annotation_selector.empty() && label_selector.empty();
}

base::Result<Target> parse_target(const model::Value& value, std::string_view where) {
    const auto entry = canonical(
        value, {"group", "version", "kind", "name", "namespace", "annotationSelector", "labelSelector"},
        UnknownKeys::kRefuse, where);
    if (!entry) {
        return entry.error();
    }
    return read_arguments(*entry, where, [](const model::Fields& fields) {
        return Target{.group = fields.text("group"),
                      .version = fields.text("version"),
                      .kind = fields.text("kind"),
                      .name = fields.text("name"),
                      .ns = fields.text("namespace"),
                      .annotation_selector = fields.text("annotationSelector"),
                      .label_selector = fields.text("labelSelector")};
    });
}

base::Result<Selector> Selector::compile(const Target& target) {
    auto state = std::make_unique<State>();
    state->target = target;
    struct Row {
        Expression* expression;
        std::string_view text;
        std::string_view field;
    };
    const Row rows[] = {{&state->group, target.group, "group"},
                        {&state->version, target.version, "version"},
                        {&state->kind, target.kind, "kind"},
                        {&state->name, target.name, "name"},
                        {&state->ns, target.ns, "namespace"}};
    for (const Row& row : rows) {
        if (auto done = row.expression->compile(row.text, row.field); !done) {
            return done.error();
        }
    }
    const std::pair<std::optional<LabelSelector>*, std::string_view> selectors[] = {
        {&state->labels, target.label_selector}, {&state->annotations, target.annotation_selector}};
    for (const auto& [selector, text] : selectors) {
        if (text.empty()) {
            continue;
        }
        auto parsed = LabelSelector::parse(text);
        if (!parsed) {
            return parsed.error();
        }
        *selector = *std::move(parsed);
    }
    return Selector(std::move(state));
}

Selector::Selector(std::unique_ptr<State> state) : state_(std::move(state)) {}
Selector::~Selector() = default;
Selector::Selector(Selector&&) noexcept = default;
Selector& Selector::operator=(Selector&&) noexcept = default;

const Target& Selector::target() const { return state_->target; }

bool Selector::matches(const Resource& resource, const Scopes& scopes) const {
    const State& state = *state_;
    const IdView now = view_of(resource.object);
    if (!state.matches_gvk(now)) {
        return false;
    }
    const IdView first = original_view(resource);
    if (!state.name.matches(first.name) && !state.name.matches(now.name)) {
        return false;
    }
    if (!state.ns.is_open() && !state.ns.matches(effective_namespace(first, scopes)) &&
        !state.ns.matches(effective_namespace(now, scopes))) {
        return false;
    }
    return matches_labels_and_annotations(resource);
}

bool Selector::matches_id(const ResourceId& id, const Scopes& scopes) const {
    const State& state = *state_;
    const IdView view = view_of(id);
    return state.matches_gvk(view) && state.name.matches(id.name) &&
           (state.ns.is_open() || state.ns.matches(effective_namespace(view, scopes)));
}

bool Selector::matches_labels_and_annotations(const Resource& resource) const {
    const State& state = *state_;
    return (!state.labels || state.labels->matches(metadata_map(resource.object, "labels"))) &&
           (!state.annotations || state.annotations->matches(metadata_map(resource.object, "annotations")));
}

std::vector<std::size_t> select(const Resources& resources, const Selector& selector, const Scopes& scopes) {
    std::vector<std::size_t> found;
    for (std::size_t index = 0; index < resources.size(); ++index) {
        if (selector.matches(resources[index], scopes)) {
            found.push_back(index);
        }
    }
    return found;
}

}  // namespace transform
