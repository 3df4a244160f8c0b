package dev.limner.trainer.gate;

import dev.limner.generator.image.Pixels;
import dev.limner.trainer.eval.Artist;
import dev.limner.trainer.eval.judge.Judges;
import dev.limner.trainer.eval.metric.Vectors;
import java.util.List;

/**
 * Who draws more like the pictures that people showed, in the judges' features.
 *
 * @param judges stay the caller's
 * @param examples one a commission
 */
public record ExampleContest(Judges judges, List<Artist.Commission> commissions, List<Pixels> examples)
        implements Contest {
    public ExampleContest {
        commissions = List.copyOf(commissions);
        examples = List.copyOf(examples);
    }

    @Override
    public String name() {
        return "nearerToExamples";
    }

    @Override
    public double[] wins(List<Pixels> candidate, List<Pixels> incumbent) {
        float[][] wanted = judges.features(examples);
        float[][] mine = judges.features(candidate);
        float[][] other = judges.features(incumbent);
        double[] wins = new double[wanted.length];
        for (int i = 0; i < wins.length; i++) {
            double near = Vectors.squaredDistance(wanted[i], mine[i]);
            double far = Vectors.squaredDistance(wanted[i], other[i]);
            wins[i] = near < far ? 1 : near > far ? 0 : 0.5;
        }
        return wins;
    }
}
