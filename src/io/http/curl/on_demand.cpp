// SPDX-License-Identifier: 0BSD
// libcurl's functions, each handed on to the library, which is loaded with the first of them: it brings thirty libraries along,
// more than half of what a short run of stagesetctl would cost (docs/decisions/0007).
#include "base/on_demand.hpp"

#include <cstdarg>

#include <curl/curl.h>

namespace {

base::OnDemandLibrary& library() {
    static base::OnDemandLibrary curl("libcurl.so.4", "libcurl4");
    return curl;
}

}  // namespace

#define HAND_ON(result, name, parameters, arguments)                            \
    result(name) parameters {                                                   \
        static auto* const real = library().function<result parameters>(#name); \
        return real arguments;                                                  \
    }

// Each of these takes exactly one more argument, an integer or a pointer of eight bytes: on the machines that we build for
// (x86-64, arm64) both are passed alike, so it may be handed on as a pointer.
// The enumerations before the dots are libcurl's own; that they are promoted changes nothing there.
#pragma clang diagnostic ignored "-Wvarargs"
static_assert(sizeof(void*) == 8 && sizeof(long) == 8 && sizeof(curl_off_t) == 8);
#define HAND_ON_OPTION(result, name, handle, option)                                       \
    result(name)(handle * object, option which, ...) {                                     \
        static auto* const real = library().function<result(handle*, option, ...)>(#name); \
        va_list rest;                                                                      \
        va_start(rest, which);                                                             \
        void* const value = va_arg(rest, void*);                                           \
        va_end(rest);                                                                      \
        return real(object, which, value);                                                 \
    }

extern "C" {

HAND_ON(CURLcode, curl_global_init, (long flags), (flags))
HAND_ON(void, curl_free, (void* memory), (memory))

HAND_ON(CURL*, curl_easy_init, (), ())
HAND_ON(void, curl_easy_cleanup, (CURL * easy), (easy))
HAND_ON(CURLcode, curl_easy_pause, (CURL * easy, int bits), (easy, bits))
HAND_ON(const char*, curl_easy_strerror, (CURLcode code), (code))
HAND_ON_OPTION(CURLcode, curl_easy_setopt, CURL, CURLoption)
HAND_ON_OPTION(CURLcode, curl_easy_getinfo, CURL, CURLINFO)

HAND_ON(CURLM*, curl_multi_init, (), ())
HAND_ON(CURLMcode, curl_multi_cleanup, (CURLM * multi), (multi))
HAND_ON(CURLMcode, curl_multi_add_handle, (CURLM * multi, CURL* easy), (multi, easy))
HAND_ON(CURLMcode, curl_multi_remove_handle, (CURLM * multi, CURL* easy), (multi, easy))
HAND_ON(CURLMsg*, curl_multi_info_read, (CURLM * multi, int* left), (multi, left))
HAND_ON(CURLMcode, curl_multi_socket_action, (CURLM * multi, curl_socket_t socket, int events, int* running),
        (multi, socket, events, running))
HAND_ON_OPTION(CURLMcode, curl_multi_setopt, CURLM, CURLMoption)

HAND_ON(curl_slist*, curl_slist_append, (curl_slist * list, const char* text), (list, text))
HAND_ON(void, curl_slist_free_all, (curl_slist * list), (list))

HAND_ON(CURLU*, curl_url, (), ())
HAND_ON(void, curl_url_cleanup, (CURLU * url), (url))
HAND_ON(CURLUcode, curl_url_get, (CURLU * url, CURLUPart part, char** text, unsigned int flags),
        (url, part, text, flags))
HAND_ON(CURLUcode, curl_url_set, (CURLU * url, CURLUPart part, const char* text, unsigned int flags),
        (url, part, text, flags))
}
