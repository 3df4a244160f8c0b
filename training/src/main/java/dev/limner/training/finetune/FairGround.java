package dev.limner.training.finetune;

import dev.limner.generator.image.Pixels;
import dev.limner.generator.render.Renderer;
import dev.limner.training.data.CaptionedImage;
import dev.limner.training.evaluate.Artist;
import dev.limner.training.evaluate.Plan;
import dev.limner.training.gate.Contest;
import dev.limner.training.gate.ExampleContest;
import dev.limner.training.gate.GatePage;
import dev.limner.training.gate.QualityGate;
import dev.limner.training.gate.RewardContest;
import dev.limner.training.reward.Reward;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a candidate and its parent are asked to draw when they are held against each other: captions that no tuning draws,
 * with the same noise for both in every round.
 */
record FairGround(LearningMaterial material) {
    private static final int DRAWS = QualityGate.DRAWS;
    private static final int SHOWN = 48;
    private static final long SEED_OF_CAPTIONS = 7919;
    private static final long SEED_OF_EXAMPLES = 7907;

    /** Who draws held-out captions more to people's liking. */
    Contest liked(Reward reward) {
        return new RewardContest(reward, heldOut());
    }

    /** Whose pictures of what people showed, and the tuning was not shown, are more easily told to be that. */
    Contest shown(List<CaptionedImage> kept) {
        List<Artist.Commission> commissions = new ArrayList<>();
        List<Pixels> pictures = new ArrayList<>();
        for (int draw = 0; draw < DRAWS; draw++) {
            for (CaptionedImage example : kept) {
                String caption = example.captionsIn(material.language()).get(0);
                commissions.add(new Artist.Commission(
                        caption,
                        material.encoder().encode(caption).embedding(),
                        material.plan().seed() * SEED_OF_EXAMPLES + commissions.size()));
                pictures.add(example.pixels());
            }
        }
        List<Pixels> others = Stream.concat(material.plan().heldOut().stream().map(Plan.Subject::image), kept.stream())
                .map(CaptionedImage::pixels)
                .toList();
        return new ExampleContest(material.judges(), commissions, pictures, others);
    }

    /** Both models' pictures of the first held-out captions. */
    List<GatePage.Side> sides(Renderer before, Renderer after) {
        List<Artist.Commission> commissions = heldOut();
        List<Artist.Commission> some = commissions.subList(0, Math.min(SHOWN, commissions.size()));
        List<Pixels> old = Artist.of(before).draw(some);
        List<Pixels> tuned = Artist.of(after).draw(some);
        List<GatePage.Side> sides = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            sides.add(new GatePage.Side(some.get(i).caption(), old.get(i), tuned.get(i)));
        }
        return sides;
    }

    private List<Artist.Commission> heldOut() {
        List<Artist.Commission> commissions = new ArrayList<>();
        for (int draw = 0; draw < DRAWS; draw++) {
            for (Plan.Subject subject : material.plan().heldOut()) {
                commissions.add(new Artist.Commission(
                        subject.caption(),
                        subject.embedding(),
                        material.plan().seed() * SEED_OF_CAPTIONS + commissions.size()));
            }
        }
        return commissions;
    }
}
