// SPDX-License-Identifier: 0BSD
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "model/yaml.hpp"

namespace {

// "path=text" of each comment of the first document.
std::vector<std::string> comments_of(std::string_view text,
                                     model::YamlDialect dialect = model::YamlDialect::kKustomizeObjects) {
    const auto documents = model::parse_yaml(text, "t.yaml", {}, dialect);
    std::vector<std::string> found;
    for (const model::FieldComment& comment : documents.value().at(0).comments) {
        found.push_back(fmt::format("{}={}", fmt::join(comment.path, "."), comment.text));
    }
    return found;
}

struct Case {
    const char* name;
    const char* text;
    std::vector<std::string> expected;
};

class FieldComments : public testing::TestWithParam<Case> {};

TEST_P(FieldComments, AreThoseWithAMap) { EXPECT_EQ(comments_of(GetParam().text), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Yaml, FieldComments,
    testing::Values(Case{"BehindAList", "a:\n  b: # {\"x\": 1}\n  - c\n", {"a.b={\"x\": 1}"}},
                    Case{"BehindAMap", "a: ##  {\"x\": 1}  \r\n  b: 1\n", {"a={\"x\": 1}"}},
                    Case{"BehindAFlowList", "a: [1, 2] # {\"x\": 1}\n", {"a={\"x\": 1}"}},
                    Case{"BehindAFlowListOfLines", "a: [1,\n  2] # {\"x\": 1}\n", {"a={\"x\": 1}"}},
                    Case{"BehindAQuotedKey", "\"ä b\" : # {\"x\": 1}\n  c: 1\n", {"ä b={\"x\": 1}"}},
                    Case{"Above", "a:\n  # {\"x\": 1}\n  b:\n  - c\n", {"a.b={\"x\": 1}"}},
                    Case{"BehindHidesAbove", "# {\"x\": 1}\na: # no map\n- c\n", {}},
                    Case{"OfTwoLinesAboveIsNone", "# {\"x\": 1}\n# {\"x\": 2}\na:\n- c\n", {}},
                    Case{"FarAboveIsNone", "# {\"x\": 1}\n\na:\n- c\n", {}},
                    Case{"ShiftedAboveIsNone", "b:\n  c: 1\n  # {\"x\": 1}\na:\n- c\n", {}},
                    Case{"OfScalarsAreLeftOut", "a: 1 # {\"x\": 1}\n", {}},
                    Case{"WithinListsAreLeftOut",
                         "a:\n- b: # {\"x\": 1}\n  - c\nd: # {\"x\": 2}\n- e\n",
                         {"d={\"x\": 2}"}},
                    Case{"WithinTextIsNone", "a: \" # {\"\nb: |\n  # {\"x\": 1}\nc:\n- d\n", {}}),
    [](const auto& test) { return test.param.name; });

TEST(FieldComments, AreForKustomizeOnly) {
    EXPECT_TRUE(comments_of("a: # {\"x\": 1}\n- b\n", model::YamlDialect::kKubectl).empty());
}

TEST(FieldComments, BelongToTheirDocument) {
    const auto documents = model::parse_yaml("a: # {\"x\": 1}\n- b\n---\n# {\"x\": 2}\nc:\n- d\n", "t.yaml",
                                             {}, model::YamlDialect::kKustomizeObjects);
    ASSERT_EQ(documents.value().size(), 2U);
    EXPECT_EQ(documents->at(0).comments.at(0).path, std::vector<std::string>{"a"});
    EXPECT_EQ(documents->at(1).comments.at(0).path, std::vector<std::string>{"c"});
}

TEST(FieldComments, AreBounded) {
    model::YamlLimits limits;
    limits.comments_max = 1;
    const auto read = model::parse_yaml("a: # {\"x\": 1}\n- b\nc: # {\"x\": 1}\n- d\n", "t.yaml", limits,
                                        model::YamlDialect::kKustomizeObjects);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, base::ErrorCode::kLimitExceeded);
}

}  // namespace
