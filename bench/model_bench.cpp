// SPDX-License-Identifier: 0BSD
// Reading and writing 1,000 objects, half Deployments and half ConfigMaps: the size of a large stage.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "model/json.hpp"
#include "model/yaml.hpp"

namespace {

constexpr int kObjects = 1000;

// A @ stands for the object's number.
constexpr const char* kDeployment = R"(---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web-@
  namespace: team-@
  labels:
    app.kubernetes.io/name: web
    app.kubernetes.io/part-of: shop
  annotations:
    description: "serves the pages of shop number @"
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: web
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web
    spec:
      serviceAccountName: web
      containers:
      - name: web
        image: registry.example.com/shop/web:1.@.0
        args: ["--listen", ":8080", "--verbose"]
        env:
        - name: SHOP
          value: "@"
        - name: PASSWORD
          valueFrom:
            secretKeyRef:
              name: web
              key: password
        ports:
        - containerPort: 8080
          name: http
        readinessProbe:
          httpGet:
            path: /healthz
            port: http
          periodSeconds: 5
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
          limits:
            memory: 128Mi
)";

constexpr const char* kConfigMap = R"(---
apiVersion: v1
kind: ConfigMap
metadata:
  name: config-@
  namespace: team-@
data:
  shop.yaml: |
    name: shop @
    currency: EUR
    features:
    - search
    - basket
  LOG_LEVEL: info
  WORKERS: "8"
)";

std::string stream_of_yaml() {
    std::string text;
    for (int number = 0; number < kObjects; ++number) {
        for (const char letter : std::string_view(number % 2 == 0 ? kDeployment : kConfigMap)) {
            text += letter == '@' ? std::to_string(number) : std::string(1, letter);
        }
    }
    return text;
}

std::vector<model::YamlDocument> objects() { return *model::parse_yaml(stream_of_yaml(), "objects.yaml"); }

void parse_yaml(benchmark::State& state) {
    const std::string text = stream_of_yaml();
    for (auto _ : state) {
        benchmark::DoNotOptimize(model::parse_yaml(text, "objects.yaml"));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

void write_yaml(benchmark::State& state) {
    const auto documents = objects();
    std::size_t bytes = 0;
    for (auto _ : state) {
        for (const model::YamlDocument& document : documents) {
            bytes += model::to_yaml(document.value).size();
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void write_json(benchmark::State& state) {
    const auto documents = objects();
    std::size_t bytes = 0;
    for (auto _ : state) {
        for (const model::YamlDocument& document : documents) {
            bytes += model::to_json(document.value).size();
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void parse_json(benchmark::State& state) {
    std::vector<std::string> texts;
    for (const model::YamlDocument& document : objects()) {
        texts.push_back(model::to_json(document.value));
    }
    std::size_t bytes = 0;
    for (auto _ : state) {
        for (const std::string& text : texts) {
            benchmark::DoNotOptimize(model::parse_json(text, "object"));
            bytes += text.size();
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}

void parse_json_list(benchmark::State& state) {
    model::Array items;
    for (model::YamlDocument& document : objects()) {
        items.push_back(std::move(document.value));
    }
    const std::string text = model::to_json(model::Value{{"items", std::move(items)}});
    for (auto _ : state) {
        benchmark::DoNotOptimize(model::parse_json(text, "list"));
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

BENCHMARK(parse_yaml)->Unit(benchmark::kMillisecond);
BENCHMARK(write_yaml)->Unit(benchmark::kMillisecond);
BENCHMARK(write_json)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_json)->Unit(benchmark::kMillisecond);
BENCHMARK(parse_json_list)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
