"""Evaluates a template's intrinsic functions with values for its parameters."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """A loader that reads `!Ref X` as {"Ref": "X"} and `!Sub X` as {"Fn::Sub": "X"}, as in JSON templates."""


def _intrinsic(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if tag == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _intrinsic)


@dataclass(frozen=True)
class Body:
    """A template with values for its parameters, and the stand-in's names for its resources."""

    text: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """The whole template, with intrinsic functions in their long form."""
        return _read(self.text)

    def resources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of all resources of a type, by logical id."""
        every = self.body["Resources"].items()
        return {name: found.get("Properties", {}) for name, found in every if found["Type"] == kind}

    def holds(self, condition: Any) -> bool:
        """Check whether a condition, or a rule's assertion, is true."""
        match condition:
            case {"Condition": name}:
                return self.holds(self.body["Conditions"][name])
            case {"Fn::Not": [inner]}:
                return not self.holds(inner)
            case {"Fn::And": several}:
                return all(map(self.holds, several))
            case {"Fn::Or": several}:
                return any(map(self.holds, several))
            case {"Fn::Equals": [one, other]}:
                return bool(self.resolve(one) == self.resolve(other))
        raise ValueError(condition)

    def resolve(self, value: Any) -> Any:  # noqa: PLR0911 - one for each intrinsic function
        """Return a value with its references, conditions and strings evaluated; numbers become int."""
        match value:
            case {"Ref": name} | {"Fn::GetAtt": name}:
                return self._named(name if isinstance(name, str) else ".".join(name))
            case {"Fn::Sub": text}:
                return self._filled(*([text, {}] if isinstance(text, str) else text))
            case {"Fn::Join": [between, parts]}:
                return between.join(map(str, self.resolve(parts)))
            case {"Fn::Split": [between, text]}:
                return str(self.resolve(text)).split(between)
            case {"Fn::Select": [index, parts]}:
                return self.resolve(parts)[int(index)]
            case {"Fn::If": [condition, then, otherwise]}:
                return self.resolve(then if self.holds({"Condition": condition}) else otherwise)
            case dict():
                return {key: self.resolve(inner) for key, inner in value.items()}
            case list():
                return [self.resolve(inner) for inner in value]
        return value

    def _named(self, name: str) -> Any:
        if name not in self.body["Parameters"]:
            return self.names.get(name, name)
        parameter = self.body["Parameters"][name]
        chosen = self.parameters.get(name, parameter.get("Default"))
        return int(chosen) if parameter["Type"] == "Number" else chosen

    def _filled(self, text: str, own: Mapping[str, Any]) -> str:
        names = re.compile(r"\$\{([\w:.]+)\}")
        return names.sub(lambda name: str(self.resolve(own.get(name[1], {"Ref": name[1]}))), text)


@cache
def _read(text: str) -> dict[str, Any]:
    body: dict[str, Any] = yaml.load(text, _Loader)
    return body
