package dev.limner.testkit.chaos.cluster;

import dev.limner.broker.FreePorts;
import dev.limner.launcher.JavaProcess;
import dev.limner.launcher.ProjectLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/**
 * One broker or three, each a process, each with a proxy in front of the listener that workers use. Load and checker use
 * the other listener.
 */
public final class BrokerNodes implements AutoCloseable {
    private static final long START_WITHIN_MILLIS = 180_000;
    /** Of each job topic. */
    static final int PARTITIONS = 6;

    private final ProjectLayout home;
    private final Path folder;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Integer> controllerPorts;

    private static final class Node {
        private final int number;
        private final int port;
        private final int detourPort;
        private final int proxyPort;
        private final TcpProxy proxy;
        private Process process;

        @SuppressWarnings("NullAway.Init")
        Node(int number) {
            this.number = number;
            this.port = FreePorts.next();
            this.detourPort = FreePorts.next();
            this.proxyPort = FreePorts.next();
            this.proxy = TcpProxy.start(proxyPort, detourPort);
        }
    }

    private BrokerNodes(ProjectLayout home, Path folder, int count) {
        this.home = home;
        this.folder = folder;
        List<Integer> ports = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            nodes.add(new Node(number));
            ports.add(FreePorts.next());
        }
        this.controllerPorts = List.copyOf(ports);
    }

    /** Starts the processes, waits until they form a cluster. */
    public static BrokerNodes start(ProjectLayout home, Path folder, int count) throws InterruptedException {
        BrokerNodes brokers = new BrokerNodes(home, folder, count);
        try {
            for (Node node : brokers.nodes) {
                node.process = brokers.launch(node);
            }
            brokers.awaitAll();
            return brokers;
        } catch (RuntimeException | InterruptedException e) {
            brokers.close();
            throw e;
        }
    }

    private Process launch(Node node) {
        List<String> arguments = List.of(
                "broker",
                "--data=" + folder.resolve("broker-" + node.number),
                "--port=" + node.port,
                "--node=" + node.number,
                "--controller-ports="
                        + controllerPorts.stream().map(String::valueOf).collect(Collectors.joining(",")),
                "--detour",
                String.valueOf(node.detourPort),
                String.valueOf(node.proxyPort));
        try {
            Path log = Files.createDirectories(folder.resolve("logs")).resolve("broker-" + node.number + ".log");
            return JavaProcess.command(home, arguments)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("broker " + node.number + " cannot be started", e);
        }
    }

    /** Waits until every broker is in the cluster. */
    public void awaitAll() throws InterruptedException {
        long deadline = System.currentTimeMillis() + START_WITHIN_MILLIS;
        while (System.currentTimeMillis() < deadline) {
            try (Admin admin = Admin.create(Map.of(
                    AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, direct(),
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 3000,
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2000))) {
                if (admin.describeCluster().nodes().get(3, TimeUnit.SECONDS).size() == nodes.size()) {
                    return;
                }
            } catch (ExecutionException | TimeoutException e) {
                // Not yet.
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException(
                "the brokers did not form a cluster within " + START_WITHIN_MILLIS / 1000 + " s; see " + folder);
    }

    public int count() {
        return nodes.size();
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill(int index) {
        nodes.get(index).process.destroyForcibly().onExit().join();
    }

    /** Starts a killed broker on its data. */
    public void restart(int index) {
        Node node = nodes.get(index);
        node.process = launch(node);
    }

    /** Changes the weather before every broker. */
    public void weather(TcpProxy.Weather weather, String client, long millis) {
        nodes.forEach(node -> node.proxy.set(weather, client, millis));
    }

    /** Frames and connections that bad weather has touched so far. */
    public long affected() {
        return nodes.stream().mapToLong(node -> node.proxy.affected()).sum();
    }

    /** Bootstrap servers without a proxy. */
    public String direct() {
        return nodes.stream().map(node -> "localhost:" + node.port).collect(Collectors.joining(","));
    }

    /** Bootstrap servers behind the proxies. */
    public String detour() {
        return nodes.stream().map(node -> "localhost:" + node.proxyPort).collect(Collectors.joining(","));
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            if (node.process != null) {
                node.process.destroyForcibly();
            }
            node.proxy.close();
        }
    }
}
