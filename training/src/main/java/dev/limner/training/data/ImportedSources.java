package dev.limner.training.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The sources of a data set while an import adds to them: none that is there changes. One thread. */
final class ImportedSources {
    private final Map<String, DataSource> sources = new LinkedHashMap<>();

    /** What the import's source calls a source to what the data set calls it. */
    private final Map<String, String> names = new HashMap<>();

    private final Map<String, DataSource> offered = new HashMap<>();

    /**
     * @param present those of the data set
     * @param offered those of what is imported
     */
    ImportedSources(List<DataSource> present, List<DataSource> offered) {
        present.forEach(source -> sources.put(source.id(), source));
        offered.forEach(source -> this.offered.put(source.id(), source));
    }

    /** The id under which the data set has an image's source, which it has from now on. */
    @Nullable
    String use(@Nullable String named) {
        return named == null ? null : names.computeIfAbsent(named, this::register);
    }

    private String register(String named) {
        DataSource source = offered.get(named);
        DataSource there = sources.get(named);
        if (source == null) {
            // Nobody says more of it: it is the one of that name, if there is one.
            sources.putIfAbsent(named, DataSource.unstated(named));
            return named;
        }
        String id = named;
        for (int number = 2; there != null && !there.equals(source.withId(id)); number++) {
            id = named + "-" + number;
            there = sources.get(id);
        }
        sources.put(id, source.withId(id));
        return id;
    }

    List<DataSource> all() {
        return new ArrayList<>(sources.values());
    }
}
