package dev.limner.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the worker's stages may use of each other: what is handed from one to the next, and what can be implemented
 * elsewhere. Machinery, which is every other class, is known to the packages that put it together.
 */
@AnalyzeClasses(locations = ImportedModules.class)
class StageMachineryTest {
    private static final String WORKER = "dev.limner.worker.";

    /** The steps of a job's way, those of a worker whose packages are cut otherwise included. */
    private static final Set<String> STAGES =
            Set.of("intake", "admit", "schedule", "condition", "generate", "encode", "store", "ledger", "publish");

    /** Whoever publishes asks the ledger what is finished. */
    private static final Map<String, Set<String>> SERVED_BY = Map.of("publish", Set.of("ledger"));

    /** Known to every step before the first batch is formed. */
    private static final String RECENT_IDS = WORKER + "intake.RecentIds";

    @ArchTest
    static final ArchRule stagesHandOverRecords = CompositeArchRule.of(STAGES.stream()
                    .map(StageMachineryTest::leavesTheOthersMachinery)
                    .toList())
            .as("stages know no machinery of another stage or of releases");

    private static ArchRule leavesTheOthersMachinery(String stage) {
        Set<String> own = SERVED_BY.getOrDefault(stage, Set.of());
        List<String> others = Stream.concat(STAGES.stream(), Stream.of("release"))
                .filter(other -> !other.equals(stage) && !own.contains(other))
                .toList();
        return noClasses()
                .that()
                .resideInAPackage(WORKER + stage + "..")
                .should()
                .dependOnClassesThat(describe(
                        "are machinery of another stage or of releases",
                        type -> others.stream().anyMatch(other -> isIn(type, other)) && isMachinery(type)))
                .allowEmptyShould(true);
    }

    private static boolean isIn(JavaClass type, String part) {
        return (type.getPackageName() + ".").startsWith(WORKER + part + ".");
    }

    private static boolean isMachinery(JavaClass type) {
        return !type.isRecord()
                && !type.isEnum()
                && !type.isInterface()
                && !type.isAnnotation()
                && !type.isAssignableTo(Throwable.class)
                && !type.getName().equals(RECENT_IDS)
                // Functions and constants, which hold nothing.
                && type.getFields().stream()
                        .anyMatch(field -> !field.getModifiers().contains(JavaModifier.STATIC));
    }
}
