package dev.limner.cli;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.cli.fleet.ClusterOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner broker}: the embedded broker as a process of its own. */
@Command(
        name = "broker",
        description = {
            "Run an embedded Kafka broker alone, or as one of several on this machine, until Ctrl-C. For trials; it listens"
                    + " on the loopback interface only."
        },
        mixinStandardHelpOptions = true)
final class BrokerCommand implements Callable<Integer> {
    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Folder of its data.")
    @SuppressWarnings("NullAway.Init")
    Path data;

    @Option(
            names = "--port",
            defaultValue = "" + ClusterOptions.DEFAULT_PORT,
            description = "0 for any free one. Default: ${DEFAULT-VALUE}")
    int port;

    @Option(names = "--durable", description = "Force every record to disk.")
    boolean durable;

    @Option(
            names = "--node",
            paramLabel = "N",
            description = "Which of the --controller-ports is this broker's, from 1.")
    int node;

    @Option(
            names = "--controller-ports",
            split = ",",
            paramLabel = "PORT",
            description = "The controllers of all brokers of the cluster, the same list for each.")
    List<Integer> controllerPorts = List.of();

    @Option(
            names = "--detour",
            arity = "2",
            paramLabel = "PORT",
            description = "A second listener on the first port, whose clients are sent to the second.")
    @Nullable
    List<Integer> detour;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        BrokerSettings settings = new BrokerSettings(
                data,
                port,
                durable,
                controllerPorts.isEmpty() ? null : new BrokerSettings.Cluster(node, controllerPorts),
                detour == null ? null : new BrokerSettings.Detour(detour.get(0), detour.get(1)));
        EmbeddedBroker broker = EmbeddedBroker.start(settings);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
        spec.commandLine().getOut().println("broker on " + broker.bootstrap());
        spec.commandLine().getOut().flush();
        // Until the hook has run.
        new CountDownLatch(1).await();
        return 0;
    }
}
