// SPDX-License-Identifier: 0BSD
// YAML files: values are replaced where they stand, so that comments, order and layout are those of the encrypted file.
#include <algorithm>
#include <map>

#include "model/yaml_scalar.hpp"
#include "model/yaml_time.hpp"
#include "rules/sops/format.hpp"
#include "rules/sops/metadata_read.hpp"
#include "rules/sops/yaml_nodes.hpp"
#include "rules/sops/yaml_values.hpp"

namespace sops {
namespace {

constexpr std::string_view kKey = "sops";

// A stretch of the text that holds no comment: a key, a value, or the metadata.
struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
    Path path;
};

struct Comment {
    std::size_t begin = 0;  // of the '#'
    std::size_t end = 0;
    std::vector<Path> paths;  // where it may belong
};

struct Edit {
    std::size_t begin = 0;
    std::size_t end = 0;
    base::Secret text;
    bool is_item_as_comment = false;
};

bool is_key(const YamlNode& node) { return node.kind == NodeKind::kScalar && node.text == kKey; }

bool has_block(const YamlNode& root, std::size_t index) {
    return root.kind == NodeKind::kMap && is_key(root.children[index]) &&
           root.children[index + 1].kind == NodeKind::kMap;
}

model::Value to_value(const YamlNode& node) {
    if (node.kind == NodeKind::kList) {
        model::Array list;
        for (const YamlNode& child : node.children) {
            list.push_back(to_value(child));
        }
        return list;
    }
    if (node.kind == NodeKind::kMap) {
        model::Object map;
        for (std::size_t index = 0; index + 1 < node.children.size(); index += 2) {
            map[node.children[index].text] = to_value(node.children[index + 1]);
        }
        return map;
    }
    return node.plain && node.tag.empty() && !model::rfc3339_text(node.text)
               ? model::resolve_plain(node.text, model::YamlDialect::kKustomize)
               : model::Value(node.text);
}

class YamlOpener {
public:
    YamlOpener(std::string_view text, const Limits& limits, Opener& opener)
        : text_(text), limits_(limits), opener_(opener) {}

    base::Result<base::Secret> run(const std::vector<YamlNode>& roots) {
        for (const YamlNode& root : roots) {
            Path path;
            collect(root, path, true);
        }
        find_comments();
        std::size_t previous = 0;
        for (const YamlNode& root : roots) {
            std::vector<std::string> comments;
            auto opened = open(root, previous, comments, true);
            previous = root.end;
            if (!opened) {
                return std::move(opened.error());
            }
        }
        for (const Comment& comment : comments_) {
            const std::string_view words = text_.substr(comment.begin + 1, comment.end - comment.begin - 1);
            if (words.starts_with("ENC[")) {
                edits_.push_back({comment.begin, comment.end,
                                  as_comment(opener_.open_comment(words, comment.paths).reveal())});
            }
        }
        return apply();
    }

private:
    static base::Secret as_comment(std::string_view words) {
        base::Secret comment("#");
        for (std::size_t at = 0; at <= words.size();) {
            const std::size_t end = std::min(words.find_first_of("\r\n", at), words.size());
            comment.append(words.substr(at, end - at));
            comment.append(end < words.size() ? " " : "");
            at = end + 1;
        }
        return comment;
    }

    // Where a comment on the line of a leaf may begin: behind it, or behind the "|" or ">" of a block of text.
    std::size_t tail_begin(const YamlNode& node) const {
        if (node.plain || node.kind != NodeKind::kScalar) {
            return node.end;
        }
        const std::size_t mark = text_.find_first_of("|>\"'", node.begin);
        return mark < node.end && (text_[mark] == '|' || text_[mark] == '>')
                   ? std::min(text_.find_first_not_of("|>+-0123456789", mark), node.end)
                   : node.end;
    }

    void collect(const YamlNode& node, Path& path, bool root) {
        if (node.kind == NodeKind::kScalar || node.kind == NodeKind::kAlias) {
            const std::size_t tail = tail_begin(node);
            stretches_.push_back({node.begin, tail, path});
            if (tail < node.end) {  // the lines of a block of text, behind the comment beside its mark
                stretches_.push_back({std::min(text_.find('\n', tail), node.end), node.end, path});
            }
        } else if (node.kind == NodeKind::kList) {
            for (const YamlNode& child : node.children) {
                collect(child, path, false);
            }
        } else {
            for (std::size_t index = 0; index + 1 < node.children.size(); index += 2) {
                if (root && has_block(node, index)) {
                    stretches_.push_back({node.children[index].begin, node.children[index + 1].end, {}});
                    continue;
                }
                path.push_back(node.children[index].text);
                collect(node.children[index], path, false);
                collect(node.children[index + 1], path, false);
                path.pop_back();
            }
        }
    }

    void find_comments() {
        for (std::size_t index = 0; index <= stretches_.size(); ++index) {
            const std::size_t begin = index == 0 ? 0 : stretches_[index - 1].end;
            const std::size_t end = index == stretches_.size() ? text_.size() : stretches_[index].begin;
            for (std::size_t at = begin; at < end; ++at) {
                if (text_[at] != '#' ||
                    (at > 0 && std::string_view(" \t\n\r").find(text_[at - 1]) == std::string_view::npos)) {
                    continue;
                }
                const std::size_t stop = std::min(text_.find_first_of("\r\n", at), text_.size());
                comments_.push_back({at, stop, paths_around(index)});
                at = stop;
            }
        }
    }

    // The format keeps with a comment the path of the map or list around it: one of those around its neighbours.
    std::vector<Path> paths_around(std::size_t index) const {
        std::vector<Path> paths;
        for (const std::size_t neighbour : {index, index - 1}) {
            if (neighbour < stretches_.size()) {
                for (Path path = stretches_[neighbour].path; !path.empty(); path.pop_back()) {
                    paths.push_back(path);
                }
            }
        }
        paths.emplace_back();
        return paths;
    }

    // Nothing stands before the text's first line, and a block of text ends with its line.
    bool same_line(std::size_t begin, std::size_t end) const {
        return begin != 0 && text_[begin - 1] != '\n' &&
               text_.substr(begin, end - begin).find('\n') == std::string_view::npos;
    }

    auto comment_from(std::size_t begin) const {
        return std::ranges::lower_bound(comments_, begin, {}, &Comment::begin);
    }

    std::string words(const Comment& comment) const {
        return std::string(text_.substr(comment.begin + 1, comment.end - comment.begin - 1));
    }

    // How far `place` is behind the begin of its line.
    std::size_t column(std::size_t place) const {
        const std::size_t line = place == 0 ? std::string_view::npos : text_.rfind('\n', place - 1);
        return line == std::string_view::npos ? place : place - line - 1;
    }

    // The dash before an item of a list; the item itself in brackets.
    std::size_t item_begin(const YamlNode& item) const {
        const std::size_t dash =
            item.begin == 0 ? std::string_view::npos : text_.find_last_not_of(" \t", item.begin - 1);
        return dash != std::string_view::npos && text_[dash] == '-' ? dash : item.begin;
    }

    // The comments on lines of their own between `previous` and what begins at `begin`. Those further to the right belong to the
    // end of what was before.
    void add_head_comments(std::size_t previous, std::size_t begin, std::vector<std::string>& to) const {
        for (auto comment = comment_from(previous); comment != comments_.end() && comment->begin < begin;
             ++comment) {
            if (!same_line(previous, comment->begin) && column(comment->begin) <= column(begin)) {
                to.push_back(words(*comment));
            }
        }
    }

    void add_tail_comment(std::size_t end, std::vector<std::string>& to) const {
        const auto comment = comment_from(end);
        if (comment != comments_.end() && same_line(end, comment->begin)) {
            to.push_back(words(*comment));
        }
    }

    static bool is_leaf(const YamlNode& node) {
        return node.kind == NodeKind::kScalar || node.kind == NodeKind::kAlias;
    }

    // `previous` is where what stands before the node ends. An anchor is known behind its node only, so that no alias can hold
    // itself; a chain of them can still grow, hence the bounds.
    base::Result<void> open(const YamlNode& node, std::size_t previous, std::vector<std::string>& comments,
                            bool root) {
        if (depth_ > limits_.depth_max || ++count_ > limits_.nodes_max) {
            return base::Error{.code = base::ErrorCode::kLimitExceeded,
                               .message = "the aliases of the encrypted file stand for too many values"};
        }
        ++depth_;
        auto opened = node.kind == NodeKind::kAlias    ? open_alias(node, comments)
                      : node.kind != NodeKind::kScalar ? open_children(node, previous, comments, root)
                      : root                           ? base::Result<void>()
                                                       : open_scalar(node, comments);
        --depth_;
        if (!node.anchor.empty()) {
            anchors_[node.anchor] = &node;
        }
        return opened;
    }

    // The values count where the alias stands, as sops reads it. They are written where the anchor is.
    base::Result<void> open_alias(const YamlNode& alias, std::vector<std::string>& comments) {
        const auto target = anchors_.find(alias.text);
        if (target == anchors_.end()) {
            return base::Error{.code = base::ErrorCode::kInvalid,
                               .message = "the encrypted file has an alias without an anchor"};
        }
        ++within_aliases_;
        auto opened = open(*target->second, target->second->begin, comments, false);
        --within_aliases_;
        return opened;
    }

    base::Result<void> open_children(const YamlNode& node, std::size_t previous,
                                     std::vector<std::string>& comments, bool root) {
        const std::size_t first_edit = edits_.size();
        std::size_t items_as_comments = 0;
        const std::size_t step = node.kind == NodeKind::kMap ? 2 : 1;
        for (std::size_t index = 0; index + step <= node.children.size(); index += step) {
            const YamlNode& first = node.children[index];
            const YamlNode& value = node.children[index + step - 1];
            if (step == 2 && root && has_block(node, index)) {
                remove(node, index);
                previous = value.end;
                continue;
            }
            if (step == 2 && first.kind != NodeKind::kScalar) {
                return base::Error{.code = base::ErrorCode::kInvalid,
                                   .message = "the encrypted file has a key that is no text"};
            }
            const std::size_t outer = comments.size();
            add_head_comments(previous, step == 2 ? first.begin : item_begin(first), comments);
            if (step == 2) {
                add_tail_comment(is_leaf(value) ? tail_begin(value) : first.end, comments);
                path_.push_back(first.text);
            } else if (is_leaf(value)) {
                add_tail_comment(tail_begin(value), comments);
            }
            auto opened = open(value, step == 2 ? first.end : value.begin, comments, false);
            if (step == 2) {
                path_.pop_back();
            }
            if (!opened) {
                return opened;
            }
            const bool became_comment =
                value.kind == NodeKind::kScalar && !edits_.empty() && edits_.back().is_item_as_comment;
            items_as_comments += became_comment && edits_.back().end == value.end ? 1 : 0;
            comments.resize(outer);
            previous = value.end;
        }
        if (node.kind == NodeKind::kList && items_as_comments > 0 &&
            items_as_comments == node.children.size()) {
            keep_list(first_edit);
        }
        return {};
    }

    // A list whose items all became comments is an empty list, not nothing.
    void keep_list(std::size_t first_edit) {
        base::Secret text("[] ");
        text.append(edits_[first_edit].text.reveal());
        edits_[first_edit].text = std::move(text);
    }

    base::Result<void> open_scalar(const YamlNode& node, const std::vector<std::string>& comments) {
        auto found = found_scalar(node);
        if (!found) {
            return {};
        }
        const bool is_sealed = found->text.reveal().starts_with("ENC[");
        auto opened = opener_.open(path_, comments, std::move(*found));
        if (!opened) {
            return std::move(opened.error());
        }
        if (within_aliases_ > 0) {
            return {};
        }
        if (opened->kind == ScalarKind::kComment) {
            const std::size_t dash = item_begin(node);
            if (text_[dash] != '-') {
                return base::Error{
                    .code = base::ErrorCode::kInvalid,
                    .message =
                        "a value cannot be decrypted: it is a comment and stands for no item of a list"};
            }
            edits_.push_back({dash, node.end, as_comment(opened->text.reveal()), true});
        } else if (is_sealed) {
            base::Secret text(node.anchor.empty() ? "" : "&" + node.anchor + " ");
            text.append(written(*opened).reveal());
            edits_.push_back({node.begin, node.end, std::move(text)});
        }
        return {};
    }

    void remove(const YamlNode& map, std::size_t index) {
        std::size_t end = map.children[index + 1].end;
        if (map.flow) {
            const std::size_t next = text_.find_first_not_of(" \t\r\n", end);
            end = next != std::string_view::npos && text_[next] == ',' ? next + 1 : end;
        } else if (end > 0 && text_[end - 1] != '\n') {
            end = std::min(text_.find('\n', end), text_.size() - 1) + 1;
        }
        base::Secret text(map.children.size() == 2 && !map.flow ? "{}\n" : "");
        // Sops moves a comment at the end of the last value to the line of its own key.
        const std::string_view line = text_.substr(
            map.children[index].end, text_.find('\n', map.children[index].end) - map.children[index].end);
        if (const std::size_t mark = line.find(" #"); !map.flow && mark != std::string_view::npos) {
            text.append(as_comment(opener_.open_comment(line.substr(mark + 2), {Path()}).reveal()).reveal());
            text.append("\n");
        }
        edits_.push_back({map.children[index].begin, end, std::move(text)});
    }

    base::Secret apply() {
        std::ranges::sort(edits_, {}, &Edit::begin);
        base::Secret out;
        std::size_t at = 0;
        for (const Edit& edit : edits_) {
            if (edit.begin < at) {
                continue;  // a comment on the line of the metadata
            }
            out.append(text_.substr(at, edit.begin - at));
            out.append(edit.text.reveal());
            at = edit.end;
        }
        out.append(text_.substr(at));
        return out;
    }

    std::string_view text_;
    const Limits& limits_;
    Opener& opener_;
    Path path_;
    std::map<std::string, const YamlNode*> anchors_;
    std::size_t within_aliases_ = 0;
    std::size_t depth_ = 0;
    std::size_t count_ = 0;
    std::vector<Stretch> stretches_;
    std::vector<Comment> comments_;
    std::vector<Edit> edits_;
};

}  // namespace

base::Result<Block> yaml_block(std::string_view text, const Limits& limits) {
    auto roots = parse_yaml_nodes(text, limits);
    if (!roots) {
        return std::move(roots.error());
    }
    Block found;
    for (const YamlNode& root : *roots) {
        for (std::size_t index = 0; root.kind == NodeKind::kMap && index + 1 < root.children.size();
             index += 2) {
            if (!is_key(root.children[index])) {
                continue;
            }
            if (has_block(root, index)) {
                model::Value block = to_value(root.children[index + 1]);
                if (is_metadata(block.get_object())) {
                    return Block(std::move(block.get_object()));
                }
            }
            found = model::Object();
        }
    }
    return found;
}

base::Result<base::Secret> open_yaml(std::string_view text, const Limits& limits, Opener& opener) {
    auto roots = parse_yaml_nodes(text, limits);
    if (!roots) {
        return std::move(roots.error());
    }
    return YamlOpener(text, limits, opener).run(*roots);
}

}  // namespace sops
