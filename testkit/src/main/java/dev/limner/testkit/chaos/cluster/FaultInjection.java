package dev.limner.testkit.chaos.cluster;

import dev.limner.launcher.ProjectLayout;
import dev.limner.protocol.process.FaultKit;
import dev.limner.testkit.fault.KitSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipFile;

/**
 * How the services of a build are told to fail. Each is given the fault kit of its own build, which knows its insides.
 * Builds from before there was a kit have the faults in the services, and settings for them.
 */
public final class FaultInjection {
    private static final Path JAR = Path.of("testkit", "target", "limner-testkit.jar");
    private static final Map<String, String> POINTS = Map.of(
            KitSettings.WORKER, "dev.limner.worker.fault.FaultPoints",
            KitSettings.TRAINER, "dev.limner.trainer.fault.TrainerFaultPoints");

    private FaultInjection() {}

    /**
     * What to start a service with.
     *
     * @param service as {@link KitSettings} names it
     * @param settings system properties of the service and of the kit, the latter as {@link KitSettings} has them
     */
    public static Map<String, String> settings(ProjectLayout build, String service, Map<String, String> settings) {
        Path kit = build.root().resolve(JAR).toAbsolutePath();
        if (!holdsFaults(kit, service)) {
            return beforeKits(service, settings);
        }
        Map<String, String> all = new HashMap<>(settings);
        all.put(FaultKit.property(service), kit.toString());
        return all;
    }

    private static boolean holdsFaults(Path kit, String service) {
        if (!Files.isRegularFile(kit)) {
            return false;
        }
        try (ZipFile jar = new ZipFile(kit.toFile())) {
            return jar.getEntry("META-INF/services/" + POINTS.get(service)) != null;
        } catch (IOException e) {
            throw new UncheckedIOException(kit + " cannot be read", e);
        }
    }

    private static Map<String, String> beforeKits(String service, Map<String, String> settings) {
        String prefix = KitSettings.property(service, "");
        String before = "limner." + service + ".drill.";
        Map<String, String> all = new HashMap<>();
        settings.forEach((key, value) -> {
            if (!key.startsWith(prefix)) {
                all.put(key, value);
            } else if (key.endsWith(KitSettings.ORDERS)) {
                // Such a worker looks into a folder of its name below that folder.
                all.put(before + "folder", String.valueOf(Path.of(value).getParent()));
            } else {
                all.put(before + key.substring(prefix.length()), value);
            }
        });
        return all;
    }
}
