// SPDX-License-Identifier: 0BSD
#include "rules/kustomize/shapes.hpp"

#include <array>
#include <utility>

namespace kustomize {

namespace {

using enum FieldType;

template <std::size_t Size>
using Fields = std::array<Field, Size>;

constexpr auto kMetadataFields = std::to_array<Field>({
    {"name", kText},
    {"namespace", kText},
    {"labels", kTextMap},
    {"annotations", kTextMap},
});
constexpr Shape kMetadata{kMetadataFields};

constexpr auto kFieldSpecFields = std::to_array<Field>({
    {"group", kText},
    {"version", kText},
    {"kind", kText},
    {"path", kText},
    {"create", kBool},
});
constexpr Shape kFieldSpec{kFieldSpecFields};

constexpr auto kSelectorFields = std::to_array<Field>({
    {"group", kText},
    {"version", kText},
    {"kind", kText},
    {"name", kText},
    {"namespace", kText},
    {"labelSelector", kText},
    {"annotationSelector", kText},
});
constexpr Shape kSelector{kSelectorFields};

constexpr auto kPatchOptionsFields =
    std::to_array<Field>({{"allowNameChange", kBool}, {"allowKindChange", kBool}});
constexpr Shape kPatchOptions{kPatchOptionsFields};

constexpr auto kPatchFields = std::to_array<Field>({
    {"path", kText},
    {"patch", kText},
    {"target", kMap, &kSelector},
    {"options", kMap, &kPatchOptions},
});
constexpr Shape kPatch{kPatchFields};

constexpr auto kLabelFields = std::to_array<Field>({
    {"pairs", kTextMap},
    {"includeSelectors", kBool},
    {"includeTemplates", kBool},
    {"fields", kMaps, &kFieldSpec},
});
constexpr Shape kLabel{kLabelFields};

constexpr auto kImageFields = std::to_array<Field>({
    {"name", kText},
    {"newName", kText},
    {"tagSuffix", kText},
    {"newTag", kText},
    {"digest", kText},
});
constexpr Shape kImage{kImageFields};

constexpr auto kReplicaFields = std::to_array<Field>({{"name", kText}, {"count", kInteger}});
constexpr Shape kReplica{kReplicaFields};

constexpr auto kOptionsFields = std::to_array<Field>({
    {"labels", kTextMap},
    {"annotations", kTextMap},
    {"disableNameSuffixHash", kBool},
    {"immutable", kBool},
});
constexpr Shape kOptions{kOptionsFields};

constexpr auto kConfigMapFields = std::to_array<Field>({
    {"namespace", kText},
    {"name", kText},
    {"behavior", kText},
    {"literals", kTexts},
    {"files", kTexts},
    {"envs", kTexts},
    {"env", kText},
    {"options", kMap, &kOptions},
});
constexpr Shape kConfigMap{kConfigMapFields};

// `base`, with `more` behind it.
template <std::size_t Size, std::size_t More>
constexpr Fields<Size + More> extended(const Fields<Size>& base, const Fields<More>& more) {
    Fields<Size + More> fields{};
    for (std::size_t index = 0; index < Size; ++index) {
        fields[index] = base[index];
    }
    for (std::size_t index = 0; index < More; ++index) {
        fields[Size + index] = more[index];
    }
    return fields;
}

constexpr auto kSecretFields = extended(kConfigMapFields, std::to_array<Field>({{"type", kText}}));
constexpr Shape kSecret{kSecretFields};

constexpr auto kFieldOptionsFields =
    std::to_array<Field>({{"delimiter", kText}, {"index", kInteger}, {"encoding", kText}, {"create", kBool}});
constexpr Shape kFieldOptions{kFieldOptionsFields};

constexpr auto kSourceFields = std::to_array<Field>({
    {"group", kText},
    {"version", kText},
    {"kind", kText},
    {"name", kText},
    {"namespace", kText},
    {"fieldPath", kText},
    {"options", kMap, &kFieldOptions},
});
constexpr Shape kSource{kSourceFields};

constexpr auto kTargetFields = std::to_array<Field>({
    {"select", kMap, &kSelector},
    {"reject", kMaps, &kSelector},
    {"fieldPaths", kTexts},
    {"options", kMap, &kFieldOptions},
});
constexpr Shape kTarget{kTargetFields};

constexpr auto kReplacementFields = std::to_array<Field>({
    {"path", kText},
    {"source", kMap, &kSource},
    {"sourceValue", kText},
    {"targets", kMaps, &kTarget},
});
constexpr Shape kReplacement{kReplacementFields};

constexpr auto kObjectReferenceFields = std::to_array<Field>({
    {"apiVersion", kText},
    {"group", kText},
    {"version", kText},
    {"kind", kText},
    {"name", kText},
    {"namespace", kText},
});
constexpr Shape kObjectReference{kObjectReferenceFields};
constexpr auto kFieldReferenceFields = std::to_array<Field>({{"fieldPath", kText}});
constexpr Shape kFieldReference{kFieldReferenceFields};
constexpr auto kVarFields = std::to_array<Field>({
    {"name", kText},
    {"objref", kMap, &kObjectReference},
    {"fieldref", kMap, &kFieldReference},
});
constexpr Shape kVar{kVarFields};

constexpr auto kLegacySortFields = std::to_array<Field>({{"orderFirst", kTexts}, {"orderLast", kTexts}});
constexpr Shape kLegacySort{kLegacySortFields};
constexpr auto kSortFields =
    std::to_array<Field>({{"order", kText}, {"legacySortOptions", kMap, &kLegacySort}});
constexpr Shape kSort{kSortFields};

constexpr auto kKustomizationFields = std::to_array<Field>({
    {"apiVersion", kText},
    {"kind", kText},
    {"metadata", kMap, &kMetadata},
    {"openapi", kTextMap},
    {"namePrefix", kText},
    {"nameSuffix", kText},
    {"namespace", kText},
    {"commonLabels", kTextMap},
    {"labels", kMaps, &kLabel},
    {"commonAnnotations", kTextMap},
    {"patchesStrategicMerge", kTexts},
    {"patchesJson6902", kMaps, &kPatch},
    {"patches", kMaps, &kPatch},
    {"images", kMaps, &kImage},
    {"imageTags", kMaps, &kImage},
    {"replacements", kMaps, &kReplacement},
    {"replicas", kMaps, &kReplica},
    {"vars", kMaps, &kVar},
    {"sortOptions", kMap, &kSort},
    {"resources", kTexts},
    {"components", kTexts},
    {"crds", kTexts},
    {"bases", kTexts},
    {"configMapGenerator", kMaps, &kConfigMap},
    {"secretGenerator", kMaps, &kSecret},
    {"helmGlobals", kAny},
    {"helmCharts", kAny},
    {"helmChartInflationGenerator", kAny},
    {"generatorOptions", kMap, &kOptions},
    {"configurations", kTexts},
    {"generators", kTexts},
    {"transformers", kTexts},
    {"validators", kTexts},
    {"buildMetadata", kTexts},
});
constexpr Shape kKustomization{kKustomizationFields};

constexpr auto kMetadataOnly = std::to_array<Field>({{"metadata", kMap, &kMetadata}});
constexpr auto kConfigMapPlugin = extended(kConfigMapFields, kMetadataOnly);
constexpr auto kSecretPlugin = extended(kSecretFields, kMetadataOnly);

constexpr auto kServiceFields = std::to_array<Field>({{"namespace", kText}, {"name", kText}});
constexpr Shape kService{kServiceFields};
constexpr auto kAccountFields = std::to_array<Field>({{"projectId", kText}, {"name", kText}});
constexpr Shape kAccount{kAccountFields};
constexpr auto kIdentityPlugin = std::to_array<Field>({
    {"cloud", kText},
    {"kubernetesService", kMap, &kService},
    {"serviceAccount", kMap, &kAccount},
});

constexpr auto kLabelPlugin =
    std::to_array<Field>({{"labels", kTextMap}, {"fieldSpecs", kMaps, &kFieldSpec}});
constexpr auto kAnnotationsPlugin =
    std::to_array<Field>({{"annotations", kTextMap}, {"fieldSpecs", kMaps, &kFieldSpec}});
constexpr auto kImagePlugin =
    std::to_array<Field>({{"imageTag", kMap, &kImage}, {"fieldSpecs", kMaps, &kFieldSpec}});
constexpr auto kNamespacePlugin = std::to_array<Field>({
    {"metadata", kMap, &kMetadata},
    {"fieldSpecs", kMaps, &kFieldSpec},
    {"unsetOnly", kBool},
    {"setRoleBindingSubjects", kText},
});
constexpr auto kJsonPatchPlugin =
    std::to_array<Field>({{"target", kMap, &kSelector}, {"path", kText}, {"jsonOp", kText}});
constexpr auto kMergePatchPlugin = std::to_array<Field>({{"paths", kTexts}, {"patches", kText}});
constexpr auto kPrefixPlugin = std::to_array<Field>({{"prefix", kText}, {"fieldSpecs", kMaps, &kFieldSpec}});
constexpr auto kSuffixPlugin = std::to_array<Field>({{"suffix", kText}, {"fieldSpecs", kMaps, &kFieldSpec}});
constexpr auto kPrefixSuffixPlugin =
    std::to_array<Field>({{"prefix", kText}, {"suffix", kText}, {"fieldSpecs", kMaps, &kFieldSpec}});
constexpr auto kReplacementPlugin = std::to_array<Field>({{"replacements", kMaps, &kReplacement}});
constexpr auto kReplicaPlugin =
    std::to_array<Field>({{"replica", kMap, &kReplica}, {"fieldSpecs", kMaps, &kFieldSpec}});
constexpr auto kValueTargetFields = std::to_array<Field>({
    {"selector", kMap, &kSelector},
    {"notSelector", kMap, &kSelector},
    {"fieldPath", kText},
    {"filePathPosition", kInteger},
});
constexpr Shape kValueTarget{kValueTargetFields};
constexpr auto kValueAddPlugin = std::to_array<Field>({
    {"value", kText},
    {"targets", kMaps, &kValueTarget},
    {"targetFilePath", kText},
});

constexpr auto kPlugins = std::to_array<std::pair<std::string_view, Shape>>({
    {"ConfigMapGenerator", {kConfigMapPlugin}},
    {"SecretGenerator", {kSecretPlugin}},
    {"IAMPolicyGenerator", {kIdentityPlugin}},
    {"AnnotationsTransformer", {kAnnotationsPlugin}},
    {"HashTransformer", {}},
    {"ImageTagTransformer", {kImagePlugin}},
    {"LabelTransformer", {kLabelPlugin}},
    {"NamespaceTransformer", {kNamespacePlugin}},
    {"PatchJson6902Transformer", {kJsonPatchPlugin}},
    {"PatchStrategicMergeTransformer", {kMergePatchPlugin}},
    {"PatchTransformer", {kPatchFields}},
    {"PrefixSuffixTransformer", {kPrefixSuffixPlugin}},
    {"PrefixTransformer", {kPrefixPlugin}},
    {"SuffixTransformer", {kSuffixPlugin}},
    {"ReplacementTransformer", {kReplacementPlugin}},
    {"ReplicaCountTransformer", {kReplicaPlugin}},
    {"ValueAddTransformer", {kValueAddPlugin}},
});

}  // namespace

const Shape& kustomization_shape() { return kKustomization; }

const Shape* plugin_shape(std::string_view kind) {
    for (const auto& [name, shape] : kPlugins) {
        if (name == kind) {
            return &shape;
        }
    }
    return nullptr;
}

const Shape& replacement_shape() { return kReplacement; }

}  // namespace kustomize
