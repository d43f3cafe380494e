import java.io.FileInputStream;
import java.util.TreeMap;
import java.util.logging.LogManager;

import org.verapdf.core.ModelParsingException;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.RuleId;

/** Says of each PDF which flavour of PDF/A it claims to be, and which rules of it are broken. */
public class Validate {
    public static void main(String[] files) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        boolean good = files.length > 0;
        for (String file : files) {
            try (PDFAParser parser = Foundries.defaultInstance().createParser(new FileInputStream(file))) {
                PDFAValidator validator =
                    Foundries.defaultInstance().createValidator(parser.getFlavour(), false);
                ValidationResult result = validator.validate(parser);
                System.out.println(file + ": " + result.getPDFAFlavour() + ", "
                    + (result.isCompliant() ? "compliant" : "NOT compliant"));
                TreeMap<String, Integer> broken = new TreeMap<>();
                for (TestAssertion assertion : result.getTestAssertions()) {
                    if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                        RuleId rule = assertion.getRuleId();
                        broken.merge(rule.getClause() + " test " + rule.getTestNumber() + ": "
                            + assertion.getMessage(), 1, Integer::sum);
                    }
                }
                broken.forEach((rule, count) -> System.out.println("  " + count + " × " + rule));
                good &= result.isCompliant();
            } catch (ModelParsingException unreadable) {
                System.out.println(file + ": NOT a PDF that can be read");
                good = false;
            }
        }
        System.exit(good ? 0 : 1);
    }
}
