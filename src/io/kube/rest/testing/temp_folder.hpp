// SPDX-License-Identifier: 0BSD
// TempFolder: a folder of one test, removed at its end.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdlib.h>
#include <string>

namespace kube::testing {

class TempFolder {
public:
    TempFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "kube_rest_XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    std::string path(const std::string& name) const { return (path_ / name).string(); }
    // Writes a file and answers its path.
    std::string write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((path_ / name).parent_path());
        std::ofstream(path_ / name) << text;
        return path(name);
    }
    // Writes a shell script and answers its path.
    std::string script(const std::string& name, const std::string& commands) const {
        auto where = write(name, "#!/bin/sh\n" + commands);
        std::filesystem::permissions(where, std::filesystem::perms::owner_all);
        return where;
    }

private:
    std::filesystem::path path_;
};

}  // namespace kube::testing
