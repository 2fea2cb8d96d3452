"""Two learners of scikit-learn: read decided and asked texts as JSON, write how likely each asked is spam.

It runs in an environment of its own, which has scikit-learn and nothing of this project.
"""

import json
import sys

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline

if __name__ == "__main__":
    read = json.load(sys.stdin)
    found = {}
    for name, learner in (("naive Bayes", MultinomialNB()), ("logistic regression", LogisticRegression())):
        pipeline = make_pipeline(CountVectorizer(), learner).fit(read["decided"], read["is_spam"])
        column = list(pipeline.classes_).index(True)
        found[name] = [float(row[column]) for row in pipeline.predict_proba(read["asked"])]
    json.dump(found, sys.stdout)
