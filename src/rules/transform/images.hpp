// SPDX-License-Identifier: 0BSD
// Images: `images` and the ImageTagTransformer.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "model/value.hpp"
#include "rules/transform/config.hpp"
#include "rules/transform/resource.hpp"

namespace transform {

struct Image {
    std::string name = {};  // a regular expression for the part before tag and digest, as kustomize takes it
    std::string new_name = {};
    std::string tag_suffix = {};
    std::string new_tag = {};
    std::string digest = {};
};

// Reads an entry of `images`, {name, newName, newTag, digest, tagSuffix}. Errors: kInvalid (unknown key, wrong type).
base::Result<Image> parse_image(const model::Value& entry);

struct ImageTransformer {
    Image image;
    FieldSpecs fields;
};
// Reads an ImageTagTransformer, {imageTag, fieldSpecs}. Errors: kInvalid.
base::Result<ImageTransformer> parse_image_transformer(const model::Value& plugin);

// Rewrites, image by image, those in all lists `containers` and `initContainers` and then those in `fields`; both passes, as
// kustomize does. CustomResourceDefinitions stay as they are.
//
// Errors: kInvalid (a field that is no text, a name that is no regular expression)
base::Result<void> apply(Resources& resources, const std::vector<Image>& images, const FieldSpecs& fields);

}  // namespace transform
