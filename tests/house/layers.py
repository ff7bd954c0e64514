"""Which folder may include what: docs/architecture.md, 'Folders', as data."""

# Longest matching prefix wins. `may` lists the folders of this repository that
# a folder's files may include beside their own; "proto" stands for generated
# headers (spacemoe/v1/...), "grpc" and "torch" for those libraries.
LAYERS = {
    "runtime/base": {"may": []},
    "runtime/trace": {"may": ["runtime/base", "proto"]},
    "runtime/tensor": {"may": ["runtime/base", "runtime/trace", "proto"]},
    "runtime/link": {"may": ["runtime/base", "runtime/trace", "runtime/tensor"]},
    "runtime/tls": {"may": ["runtime/base", "openssl"]},
    "runtime/metrics": {
        "may": ["runtime/base", "runtime/http", "runtime/trace", "prometheus"]
    },
    "runtime/net": {"may": ["runtime", "proto", "grpc"]},
    "runtime/http": {"may": ["runtime/base", "runtime/net", "boost"]},
    "placement": {"may": ["runtime/base"]},
    "models": {"may": ["runtime/base", "openssl"]},
    "models/wire": {"may": ["models/sampler", "proto"]},
    "models/ops": {"may": ["runtime/base", "models", "torch"]},
    "models/engine": {"may": ["runtime/base", "models", "torch"]},
    "satellite_node": {
        "may": [
            "runtime", "models", "placement", "proto", "grpc", "prometheus"
        ]
    },
    "satellite_node/core": {
        "may": [
            "runtime/base",
            "runtime/link",
            "runtime/tensor",
            "runtime/trace",
            "models/roles",
            "models/sampler",
        ]
    },
    "coordinator/metrics": {
        "may": ["runtime", "coordinator", "placement", "prometheus"]
    },
    "coordinator": {"may": ["runtime", "placement", "models", "proto", "grpc"]},
    "coordinator/api": {
        "may": [
            "runtime/base",
            "runtime/http",
            "runtime/trace",
            "models/sampler",
            "models/tokenizer",
            "coordinator/core",
            "coordinator/options",
            "coordinator/text",
        ]
    },
    "cli": {
        "may": ["runtime", "placement", "models", "coordinator", "proto", "grpc"]
    },
}

# Closed even to folders that may include the folder around it.
CLOSED = {
    "models/ops": ["models/engine"],
    "models/wire": ["satellite_node", "coordinator", "cli"],
    "models/engine": ["models/engine", "satellite_node", "cli"],
    "coordinator/service": ["coordinator"],
}

THIRD_PARTY = {
    "absl": None,
    "boost": "boost",
    "nlohmann": None,
    "yaml-cpp": None,
    "CLI": None,
    "hwy": None,
    "google/protobuf": "proto",
    "grpc": "grpc",
    "grpcpp": "grpc",
    "openssl": "openssl",
    "ATen": "torch",
    "c10": "torch",
    "torch": "torch",
    "prometheus": "prometheus",
    "zlib.h": None,
}
