package dev.limner.cli.learn;

import dev.limner.protocol.text.PrintableText;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.data.DataSet;
import dev.limner.training.data.Split;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code limner data split}: which images are trained on and which are held out. */
@Command(
        name = "split",
        description = {
            "List which images are trained on and which are held out, one line each: key, split, plainest caption, subject.",
            "The split is a function of an image's subject and the data set's shares, in a data set of format 1 of its"
                    + " pixels: more data moves nothing."
        },
        mixinStandardHelpOptions = true)
final class DataSplitCommand implements Runnable {
    @Mixin
    @SuppressWarnings("NullAway.Init")
    DataFolder folder;

    @Option(names = "--only", paramLabel = "SPLIT", description = "train, validation or test.")
    @Nullable
    Split only;

    @Spec
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Override
    public void run() {
        PrintWriter terminal = spec.commandLine().getOut();
        DataSet set = folder.read();
        if (!set.settings().splitsBySubject()) {
            spec.commandLine().getErr().println(DataShowCommand.OLD_SPLIT);
        }
        for (CaptionedImage image : set.images()) {
            Split split = set.splitOf(image);
            if (only == null || only == split) {
                String caption = image.captions().values().iterator().next().get(0);
                terminal.printf(
                        "%s\t%s\t%s\t%s%n",
                        PrintableText.whole(image.key()),
                        split.id(),
                        PrintableText.whole(caption),
                        PrintableText.whole(image.subject()));
            }
        }
    }
}
