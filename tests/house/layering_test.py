"""The layering check catches what it is there to catch."""

import unittest

from layering import violations


def verdict(path, *targets):
    return violations(path, "\n".join(f'#include "{t}"' for t in targets))


class LayeringTest(unittest.TestCase):
    def forbids(self, path, target):
        self.assertEqual(len(verdict(path, target)), 1, f"{path} -> {target}")

    def allows(self, path, target):
        self.assertEqual(verdict(path, target), [], f"{path} -> {target}")

    def test_forbids_what_lies_above(self):
        self.forbids("runtime/base/clock.h", "runtime/net/channel.h")
        self.forbids("runtime/link/link_model.h", "placement/routes.h")
        self.forbids("placement/cost.cc", "models/config/model_config.h")
        self.forbids("models/roles/roles.h", "satellite_node/core/satellite.h")
        self.forbids("coordinator/core/plan.cc", "cli/main.h")

    def test_keeps_the_two_servers_apart(self):
        self.forbids("satellite_node/main.cc", "coordinator/main.h")
        self.forbids("coordinator/main.cc", "satellite_node/core/satellite.h")

    def test_keeps_libraries_in_their_places(self):
        self.forbids("placement/cost.cc", "grpcpp/grpcpp.h")
        self.forbids("placement/cost.cc", "spacemoe/v1/ring.pb.h")
        self.forbids("coordinator/api/api.cc", "boost/asio.hpp")
        self.forbids("runtime/http/server.cc", "grpcpp/grpcpp.h")
        self.forbids("placement/cost.cc", "ATen/ATen.h")
        self.forbids("models/config/family.cc", "google/protobuf/message.h")
        self.forbids("models/checkpoint/gguf.cc", "torch/library.h")
        self.forbids("satellite_node/core/worker.cc", "spacemoe/v1/ring.pb.h")

    def test_keeps_the_torch_door_shut(self):
        self.forbids("satellite_node/roles.cc", "models/ops/linear.h")
        self.forbids("coordinator/core/a.cc", "models/engine/role_factory.h")
        self.allows("satellite_node/roles.cc", "models/engine/role_factory.h")
        self.allows("cli/generate.cc", "models/engine/local_engine.h")

    def test_keeps_the_coordinators_server_to_itself(self):
        self.forbids("cli/generate.cc", "coordinator/service/server.h")
        self.allows("cli/generate.cc", "coordinator/client/client.h")

    def test_allows_what_lies_below(self):
        self.allows("models/ops/linear.cc", "ATen/ATen.h")
        self.allows("models/engine/layer.cc", "models/ops/linear.h")
        self.allows("satellite_node/links.cc", "placement/routes.h")
        self.allows("runtime/net/stream.cc", "grpcpp/grpcpp.h")
        self.allows("placement/cost.cc", "placement/routes.h")
        self.allows("placement/cost.cc", "absl/status/status.h")

    def test_wants_includes_from_the_root(self):
        self.forbids("placement/cost.cc", "routes.h")
        self.forbids("placement/cost.cc", "../models/config/family.h")

    def test_reads_angle_brackets_and_odd_spacing(self):
        text = "#include <vector>\n  #  include  <grpcpp/grpcpp.h>\n"
        found = violations("placement/cost.cc", text)
        self.assertEqual(len(found), 1)
        self.assertIn("placement/cost.cc:2:", found[0])


if __name__ == "__main__":
    unittest.main()
