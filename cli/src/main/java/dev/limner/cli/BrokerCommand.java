package dev.limner.cli;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.OpenFiles;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.PortChecks;
import dev.limner.protocol.process.FolderInUseException;
import dev.limner.protocol.process.ParentWatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
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
        mixinStandardHelpOptions = true,
        exitCodeList = {
            "1:the broker could not start or gave up; one line says why",
            "2:misuse",
            "130, 143:stopped by Ctrl-C or SIGTERM"
        })
public final class BrokerCommand implements Callable<Integer>, LimnerCommand {
    @Option(names = "--data", paramLabel = "DIR", required = true, description = "Folder of its data.")
    @SuppressWarnings("NullAway.Init")
    Path data;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + ClusterOptions.DEFAULT_PORT,
            description = "Where clients connect; 0 for any free one. Default: ${DEFAULT-VALUE}")
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
            description =
                    "To put a proxy between clients and broker, as limner chaos does: listen on the first port too, and tell"
                            + " clients that connect there to use the second, where the proxy listens.")
    @Nullable
    List<Integer> detour;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        BrokerSettings settings = new BrokerSettings(
                data,
                port,
                durable,
                controllerPorts.isEmpty() ? null : new BrokerSettings.Cluster(node, controllerPorts),
                detour == null ? null : new BrokerSettings.Detour(detour.get(0), detour.get(1)));
        ParentWatch.start();
        try (EmbeddedBroker broker = start(settings)) {
            Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
            OpenFiles.complaint().ifPresent(few -> spec.commandLine().getErr().println("limner: " + few));
            spec.commandLine().getOut().println("broker on " + broker.bootstrap());
            spec.commandLine().getOut().flush();
            // Until it gives up or the hook has run.
            throw new IllegalStateException(
                    LocalFleet.brokerStopped(data, broker.failed().get()));
        }
    }

    private EmbeddedBroker start(BrokerSettings settings) {
        try {
            PortChecks.require(ports());
            return EmbeddedBroker.start(settings);
        } catch (FolderInUseException e) {
            throw new IllegalStateException(e.getMessage() + "; stop it or give another --data", e);
        } catch (RuntimeException e) {
            throw LocalFleet.withoutSpace(data, e);
        }
    }

    private List<PortChecks.Wanted> ports() {
        List<PortChecks.Wanted> ports = new ArrayList<>(List.of(new PortChecks.Wanted("--port", port, "clients")));
        if (!controllerPorts.isEmpty()) {
            ports.add(new PortChecks.Wanted("--controller-ports", controllerPorts.get(node - 1), "the controller"));
        }
        if (detour != null) {
            ports.add(new PortChecks.Wanted("--detour", detour.get(0), "the second listener"));
        }
        return ports;
    }
}
