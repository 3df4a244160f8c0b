package dev.limner.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.LocationProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The compiled main classes of every module, read from the folders they were built into. */
final class ImportedModules implements LocationProvider {
    /** What each module may import of the others; the table of docs/architecture.md says the same. */
    static final Map<String, Set<String>> ARROWS = arrows();

    private static final Path ROOT = Path.of(System.getProperty("limner.home", ".."));

    @Override
    public Set<Location> get(Class<?> test) {
        Set<Location> locations = new LinkedHashSet<>();
        ARROWS.keySet().forEach(module -> locations.add(Location.of(classes(module))));
        return locations;
    }

    /** Those of one module; what they refer to elsewhere is known by name. */
    static JavaClasses of(String module) {
        return new ClassFileImporter().importPath(classes(module));
    }

    /** The folder that a module's main classes were built into. */
    static Path classes(String module) {
        Path classes = ROOT.resolve(module).resolve("target/classes");
        if (!Files.isDirectory(classes)) {
            throw new IllegalStateException(classes + " is not built");
        }
        return classes;
    }

    private static Map<String, Set<String>> arrows() {
        Map<String, Set<String>> arrows = new LinkedHashMap<>();
        may(arrows, "protocol");
        may(arrows, "store", "protocol");
        may(arrows, "generator", "protocol", "store");
        may(arrows, "broker", "protocol");
        may(arrows, "kafka");
        may(arrows, "training", "protocol", "store", "generator");
        may(arrows, "client", "protocol", "store", "kafka", "broker", "generator");
        may(arrows, "worker", "protocol", "store", "kafka", "generator");
        may(arrows, "trainer", "protocol", "store", "generator", "training", "client");
        may(arrows, "launcher", "protocol", "broker", "client");
        may(arrows, "cli", "protocol", "store", "generator", "training", "client", "broker", "launcher");
        may(
                arrows,
                "testkit",
                "protocol",
                "store",
                "kafka",
                "generator",
                "training",
                "client",
                "broker",
                "launcher",
                "cli",
                "worker",
                "trainer");
        return arrows;
    }

    private static void may(Map<String, Set<String>> arrows, String module, String... others) {
        arrows.put(module, Set.copyOf(List.of(others)));
    }
}
