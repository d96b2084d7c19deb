// SPDX-License-Identifier: 0BSD
#include "rules/transform/images.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <re2/re2.h>

#include "rules/transform/arguments.hpp"
#include "rules/transform/id_view.hpp"

namespace transform {
namespace {

constexpr std::int64_t kExpressionBytesMax = std::int64_t{1} << 20;

base::Error invalid(std::string message) { return {base::ErrorCode::kInvalid, std::move(message)}; }

struct Reference {
    std::string_view name;
    std::string_view tag;
    std::string_view digest;
};

// "registry:5000/name:tag@digest"; what stands before the first slash is no tag.
Reference split_image(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::size_t from = slash == std::string_view::npos ? 0 : slash;
    const std::size_t at = text.find('@', from);
    const std::size_t colon = text.find(':', from);
    const std::size_t name_end = std::min({at, colon, text.size()});
    Reference reference{text.substr(0, name_end), {}, {}};
    if (colon < at) {
        const std::size_t tag_end = std::min(at, text.size());
        reference.tag = text.substr(colon + 1, tag_end - colon - 1);
    }
    if (at != std::string_view::npos) {
        reference.digest = text.substr(at + 1);
    }
    return reference;
}

// One image with its name compiled.
class Updater {
public:
    static base::Result<Updater> make(const Image& image) {
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(kExpressionBytesMax);
        const std::string text =
            fmt::format("^{}(:[a-zA-Z0-9_.{{}}-]*)?(@sha256:[a-zA-Z0-9_.{{}}-]*)?$", image.name);
        auto pattern = std::make_unique<RE2>(text, options);
        if (!pattern->ok()) {
            return invalid(
                fmt::format("image name \"{}\" is no regular expression: {}", image.name, pattern->error()));
        }
        return Updater(image, std::move(pattern));
    }

    void update(boost::json::string& field) const {
        const std::string_view old = text_view(field);
        if (!RE2::PartialMatch(re2::StringPiece(old.data(), old.size()), *pattern_)) {
            return;
        }
        Reference reference = split_image(old);
        if (!image_.new_name.empty()) {
            reference.name = image_.new_name;
        }
        std::string_view suffix;
        if (!image_.new_tag.empty() || !image_.digest.empty()) {
            reference.tag = image_.new_tag;
            reference.digest = image_.digest;
        } else if (!image_.tag_suffix.empty()) {
            suffix = image_.tag_suffix;
            reference.digest = {};
        }
        std::string text(reference.name);
        if (!reference.tag.empty() || !suffix.empty()) {
            text += fmt::format(":{}{}", reference.tag, suffix);
        }
        if (!reference.digest.empty()) {
            text += fmt::format("@{}", reference.digest);
        }
        field = text;
    }

private:
    Updater(const Image& image, std::unique_ptr<RE2> pattern) : image_(image), pattern_(std::move(pattern)) {}

    Image image_;
    std::unique_ptr<RE2> pattern_;
};

// The places of one object that name images. Updates change texts only, so they stay where they are.
using Places = std::vector<boost::json::string*>;

base::Result<void> collect_from_containers(model::Value& containers, Places& places) {
    model::Array* list = containers.if_array();
    if (list == nullptr) {
        return {};
    }
    for (model::Value& container : *list) {
        if (container.is_null()) {
            continue;
        }
        model::Object* map = container.if_object();
        if (map == nullptr) {
            return invalid("a container is no map");
        }
        model::Value* image = map->if_contains("image");
        if (image == nullptr) {
            continue;
        }
        if (image->is_structured()) {
            return invalid("a container's image is no text");
        }
        if (boost::json::string* text = image->if_string()) {
            places.push_back(text);
        }
    }
    return {};
}

base::Result<void> collect_anywhere(model::Value& value, Places& places) {
    if (model::Array* list = value.if_array()) {
        for (model::Value& element : *list) {
            if (auto done = collect_anywhere(element, places); !done) {
                return done;
            }
        }
    }
    model::Object* map = value.if_object();
    if (map == nullptr) {
        return {};
    }
    for (auto& entry : *map) {
        if (!entry.value().is_structured()) {
            continue;
        }
        if (auto done = collect_anywhere(entry.value(), places); !done) {
            return done;
        }
        if (entry.key() == "containers" || entry.key() == "initContainers") {
            if (auto done = collect_from_containers(entry.value(), places); !done) {
                return done;
            }
        }
    }
    return {};
}

Image read_image(const model::Fields& fields) {
    return {.name = fields.text("name"),
            .new_name = fields.text("newName"),
            .tag_suffix = fields.text("tagSuffix"),
            .new_tag = fields.text("newTag"),
            .digest = fields.text("digest")};
}

base::Result<Image> parse(const model::Value& entry, UnknownKeys unknown, std::string_view where) {
    const auto written =
        canonical(entry, {"name", "newName", "tagSuffix", "newTag", "digest"}, unknown, where);
    if (!written) {
        return written.error();
    }
    return read_arguments(*written, where, read_image);
}

}  // namespace

base::Result<Image> parse_image(const model::Value& entry) {
    return parse(entry, UnknownKeys::kRefuse, "images");
}

base::Result<ImageTransformer> parse_image_transformer(const model::Value& plugin) {
    constexpr std::string_view kWhere = "ImageTagTransformer";
    const auto written = canonical(plugin, {"imageTag", "fieldSpecs"}, UnknownKeys::kIgnore, kWhere);
    if (!written) {
        return written.error();
    }
    auto image = parse(member_of(*written, "imageTag"), UnknownKeys::kIgnore, kWhere);
    if (!image) {
        return image.error();
    }
    auto fields = parse_field_specs(member_of(*written, "fieldSpecs"), "ImageTagTransformer: fieldSpecs");
    if (!fields) {
        return fields.error();
    }
    return ImageTransformer{*std::move(image), *std::move(fields)};
}

base::Result<void> apply(Resources& resources, const std::vector<Image>& images, const FieldSpecs& fields) {
    std::vector<Updater> updaters;
    for (const Image& image : images) {
        auto updater = Updater::make(image);
        if (!updater) {
            return updater.error();
        }
        updaters.push_back(*std::move(updater));
    }
    FieldVisitor visitor(fields, CreateAs::kNothing);
    Places places;
    const VisitField collect = [&places](model::Value& field) -> base::Result<void> {
        if (field.is_structured()) {
            return invalid("an image must be a text");
        }
        if (boost::json::string* text = field.if_string()) {
            places.push_back(text);
        }
        return {};
    };
    for (Resource& resource : resources) {
        const IdView id = view_of(resource.object);
        if (updaters.empty() || id.kind == "CustomResourceDefinition") {
            continue;
        }
        places.clear();
        if (auto done = collect_anywhere(resource.object, places); !done) {
            return base::wrap("images of " + text_of(id), std::move(done).error());
        }
        if (auto done = visitor.visit(resource.object, collect); !done) {
            return done;
        }
        for (const Updater& updater : updaters) {
            for (boost::json::string* place : places) {
                updater.update(*place);
            }
        }
    }
    return {};
}

}  // namespace transform
