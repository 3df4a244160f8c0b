package dev.limner.worker.publish;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker needs of its brokers and does not have: a topic, a right, room for a record. Until everything has been
 * there once nothing is published, and so nothing is fetched; a dead-letter topic that goes missing later holds back what
 * needs it and nothing else. Looks again every few seconds. Control thread only, except for {@link #known()}.
 */
final class StartObstacles {
    private static final Logger LOG = LoggerFactory.getLogger(StartObstacles.class);
    private static final Duration AGAIN = Duration.ofSeconds(5);
    /** Said again this often while it lasts. */
    private static final Duration REPEAT = Duration.ofMinutes(1);

    private final PublishingThread publishing;
    private boolean passable;
    private PublishingThread.@Nullable Task<List<String>> asked;
    private long askAt = System.nanoTime();
    private long saidAt = askAt;
    private volatile List<String> missing = List.of("the brokers have not been asked yet");
    private volatile @Nullable String lettersBlocked;

    StartObstacles(PublishingThread publishing) {
        this.publishing = publishing;
    }

    /** Whether everything has been there. */
    boolean passable() {
        return passable;
    }

    /** What is wrong with the dead-letter topic; null if nothing is known to be. */
    @Nullable
    String lettersBlocked() {
        return lettersBlocked;
    }

    void lettersBlocked(String why) {
        lettersBlocked = why;
        askAt = System.nanoTime() + AGAIN.toNanos();
        LOG.atError().addKeyValue("error", why).log("results that need a dead letter wait, all others are published");
    }

    /**
     * Looks again if it is time to.
     *
     * @return whether the dead letters' state has changed
     */
    boolean look() {
        if (passable && lettersBlocked == null) {
            return false;
        }
        PublishingThread.Task<List<String>> task = asked;
        if (task == null) {
            if (System.nanoTime() >= askAt) {
                asked = passable ? publishing.missingForLetters() : publishing.missing();
            }
            return false;
        }
        List<String> found = task.await(Duration.ZERO);
        if (found == null) {
            return false;
        }
        asked = null;
        askAt = System.nanoTime() + AGAIN.toNanos();
        return passable ? letters(found) : start(found);
    }

    private boolean start(List<String> found) {
        boolean news = !found.equals(missing);
        missing = List.copyOf(found);
        if (found.isEmpty()) {
            passable = true;
        } else if (news || System.nanoTime() - saidAt > REPEAT.toNanos()) {
            saidAt = System.nanoTime();
            LOG.atError().addKeyValue("missing", found).log("nothing is fetched until the worker has what it needs");
        }
        return false;
    }

    private boolean letters(List<String> found) {
        if (!found.isEmpty()) {
            lettersBlocked = found.get(0);
            return false;
        }
        lettersBlocked = null;
        LOG.info("the dead-letter topic can be used again, as far as can be told");
        return true;
    }

    /** All of it, each with what to do about it. Safe from any thread. */
    Set<String> known() {
        Set<String> known = new LinkedHashSet<>(missing);
        String letters = lettersBlocked;
        if (letters != null) {
            known.add(letters);
        }
        return known;
    }
}
