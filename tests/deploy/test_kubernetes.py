"""The manifests of deploy/kubernetes, held against the options of a server and a real one."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from clients import Client, get
from deployed import Image, manifest, parsed, size
from serving import StartServer, free_port, wait_until
from spawning.config import Config

DEPLOYMENT = manifest("deployment")
POD = DEPLOYMENT["spec"]["template"]
(CONTAINER,) = POD["spec"]["containers"]
WORDS = [*CONTAINER["command"], *CONTAINER["args"]]
PROBES = {name: CONTAINER[name] for name in ("startupProbe", "readinessProbe", "livenessProbe")}
PORTS = {port["name"]: port["containerPort"] for port in CONTAINER["ports"]}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """What the container's command line means."""
    return parsed(WORDS, tmp_path)


def test_the_ports_are_those_of_the_command_line(config: Config) -> None:
    assert {"http": config.port, "status": config.status_port} == PORTS
    # From elsewhere, the kubelet's node, on whatever kind of address the Pod has.
    assert config.host == (config.status_host or "") == ""
    assert config.args == ("my_module.app",)
    assert (config.daemonize, config.pidfile, config.chuid) == (False, "", "")


def test_nobody_but_the_kubelet_is_led_to_the_status_port() -> None:
    (served,) = manifest("service")["spec"]["ports"]
    assert served["targetPort"] == "http"
    policy = manifest("network-policy")["spec"]
    assert policy["policyTypes"] == ["Ingress"]
    assert policy["ingress"] == [{"ports": [{"port": "http"}]}]


def test_all_of_them_mean_the_same_pods() -> None:
    labels = POD["metadata"]["labels"]
    spread = POD["spec"]["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"]
    selectors = [
        DEPLOYMENT["spec"]["selector"]["matchLabels"],
        spread,
        manifest("service")["spec"]["selector"],
        manifest("network-policy")["spec"]["podSelector"]["matchLabels"],
        manifest("pod-disruption-budget")["spec"]["selector"]["matchLabels"],
    ]
    assert selectors == [labels] * len(selectors)


def test_a_pod_has_the_time_to_end_by_itself_without_a_hook(config: Config) -> None:
    assert "lifecycle" not in CONTAINER
    # In which the Pod is taken out of the Service everywhere.
    assert config.shutdown_delay >= 5
    grace = POD["spec"]["terminationGracePeriodSeconds"]
    assert grace >= config.shutdown_delay + config.deadman + 5


def test_an_update_takes_no_pod_away_before_another_is_ready() -> None:
    assert DEPLOYMENT["spec"]["replicas"] >= 2
    rolling = DEPLOYMENT["spec"]["strategy"]["rollingUpdate"]
    assert (rolling["maxUnavailable"], rolling["maxSurge"]) == (0, 1)


def test_workers_are_replaced_before_the_kernel_kills_the_pod(config: Config) -> None:
    resources = CONTAINER["resources"]
    assert config.max_memory <= 0.8 * size(resources["limits"]["memory"])
    assert size(resources["requests"]["memory"]) <= config.max_memory
    assert "cpu" not in resources["limits"]  # throttling shows as requests that take long


def test_a_pod_may_do_little() -> None:
    (user,) = Image().all("USER")
    pod, container = POD["spec"]["securityContext"], CONTAINER["securityContext"]
    assert f"{pod['runAsUser']}:{pod['runAsGroup']}" == user
    assert pod["runAsNonRoot"] is True
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["allowPrivilegeEscalation"] is False
    assert container["readOnlyRootFilesystem"] is True
    assert container["capabilities"] == {"drop": ["ALL"]}
    mounted = {mount["name"]: mount["mountPath"] for mount in CONTAINER["volumeMounts"]}
    assert mounted == {volume["name"]: "/tmp" for volume in POD["spec"]["volumes"]}
    assert POD["spec"]["automountServiceAccountToken"] is False


def test_a_slow_start_is_waited_for_and_a_busy_server_left_alone() -> None:
    assert {probe["httpGet"]["port"] for probe in PROBES.values()} == {"status"}
    patience = {
        name: one["periodSeconds"] * one["failureThreshold"] for name, one in PROBES.items()
    }
    assert patience["startupProbe"] >= 60
    assert patience["readinessProbe"] <= 10
    assert patience["livenessProbe"] >= 30


def answer(port: int, probe: dict[str, Any]) -> int:
    """Return the status with which a probe is answered; it is asked as the kubelet asks."""
    with Client(("127.0.0.1", port)) as client:
        lines = f"GET {probe['httpGet']['path']} HTTP/1.1\r\nHost: 10.1.2.3:9000"
        client.send(f"{lines}\r\nUser-Agent: kube-probe/1.33\r\nConnection: close\r\n\r\n".encode())
        return client.answer().status


@pytest.mark.slow
@pytest.mark.once
def test_probes_find_a_server_that_serves_and_that_ends(spawn: StartServer, plain: Path) -> None:
    port, status_port = free_port(), free_port()
    ports = (f"--port={port}", f"--status-port={status_port}")  # the last ones count
    words = (*WORDS[1:-1], *ports, "--host=", "--shutdown-delay=600", "hello.app")
    server = spawn(plain, *words).wait_until_serving()
    wait_until(
        lambda: {answer(status_port, probe) for probe in PROBES.values()} == {200}, "all are well"
    )
    assert get(("127.0.0.1", port), "/").status == 200
    server.signal(signal.SIGTERM)
    wait_until(lambda: answer(status_port, PROBES["readinessProbe"]) == 503, "it says so")
    assert answer(status_port, PROBES["livenessProbe"]) == 200
    # Whoever has not heard of it yet is served all the same: what a preStop sleep is for.
    assert get(("127.0.0.1", port), "/").status == 200
    server.signal(signal.SIGTERM)
    assert server.wait() == 0
